import { loadDriver } from '../../../src/adapters/sqlite/connection/load-driver';

/**
 * For tests that look at a file after it was closed: version 1 of this driver lets go of it only when its statements
 * are collected as garbage. `.ci/run` runs them with better-sqlite3.
 */
export const testOfClosedFile = loadDriver().name === '@photostructure/sqlite' ? test.skip : test;

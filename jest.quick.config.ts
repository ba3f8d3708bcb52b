/** @jest-config-loader-options {"transpileOnly": true} */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from 'jest';
import all from './jest.config';

// `npm run test:quick`: in memory and on SQLite, without a server, a build, or processes that are ended.
process.env.EVENTUALITY_STORES = 'memory,SQLite';
delete process.env.EVENTUALITY_POSTGRES_URL;

const LEFT_OUT = ['tests/faults/', 'tests/soak/', 'tests/postgres/', 'tests/setup/', 'tests/better-sqlite3/'];
const FOLDERS = ['tests', 'samples'];
/** What compares times, makes up inputs by the thousand, or plays deployments over each other. */
const SLOW = [
  'property.test.ts$',
  'growth.test.ts$',
  '<rootDir>/tests/contract/broken-',
  '<rootDir>/tests/types/',
  '<rootDir>/tests/processing/versions/',
];
/** What asks for a server by itself, and what is made of the package as it is published. */
const ASKS_FOR_MORE = /from '.*support\/(stores\/schema|package|todo)'/;

const asking = FOLDERS.flatMap(folder =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)),
).filter(file => file.endsWith('.test.ts') && ASKS_FOR_MORE.test(readFileSync(file, 'utf8')));

const config: Config = {
  ...all,
  testPathIgnorePatterns: ['/node_modules/', ...SLOW, ...[...LEFT_OUT, ...asking].map(path => `<rootDir>/${path}`)],
};
delete config.globalSetup;
delete config.globalTeardown;

export default config;

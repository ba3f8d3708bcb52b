/** @jest-config-loader-options {"transpileOnly": true} */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from 'jest';
import all from './jest.config';

// `npm run test:quick`: what one process can test in memory. CONTRIBUTING.md says what is left out.
process.env.EVENTUALITY_STORES = 'memory';
delete process.env.EVENTUALITY_POSTGRES_URL;

const LEFT_OUT = [
  // Random plays, comparisons of times, and long stories, such as those of several processes on one store.
  'property.test.ts$',
  'growth.test.ts$',
  '<rootDir>/tests/(faults|soak)/',
  '<rootDir>/tests/contract/broken-',
  '<rootDir>/tests/processing/versions/',
  '/(several-processes|sharing|lease-clocks).test.ts$',
  // Stores in files and on servers, and tests of the tests.
  '<rootDir>/tests/(postgres|sqlite|better-sqlite3|setup)/',
  '<rootDir>/samples/stores/json-lines-',
  '<rootDir>/tests/types/',
];
/** Imports of test files that open databases in files or on servers, start programs or compilers, or build something. */
const IMPORTS =
  /from '(.*support\/(stores\/(files|backups|schema)|programs|compilers|package|cli-project|todo)|.*scripts\/.*|node:child_process)'/;

const importing = ['tests', 'samples']
  .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)))
  .filter(file => file.endsWith('.test.ts') && IMPORTS.test(readFileSync(file, 'utf8')));

const config: Config = {
  ...all,
  // Many tests wait: with more workers than processors there is something to do meanwhile.
  maxWorkers: '150%',
  testPathIgnorePatterns: ['/node_modules/', ...LEFT_OUT, ...importing.map(path => `<rootDir>/${path}`)],
};
delete config.globalSetup;
delete config.globalTeardown;

export default config;

// Runs test files of jest in plain Node, which loads packages that jest cannot load, with node:test and jest's `expect`:
//   node -r ts-node/register/transpile-only run.ts tests/nest-12 tests/integrations/nestjs/module.test.ts
// Packages that the folder has installed are taken from there. What has passed is printed as one line of JSON.
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { format } from 'node:util';
import { expect } from 'expect';
import jest from '../../../jest.config';

type Body = (...row: any[]) => unknown;
type Define = (name: string, run: Body, timeout?: number) => void;

const ROOT = join(__dirname, '../../..');
const [folder, ...files] = process.argv.slice(2) as [string, ...string[]];
const passed: string[] = [];

const testCase: Define = (name, run, timeout = jest.testTimeout!) =>
  void test(name, { timeout }, async ({ fullName }) => {
    await run();
    passed.push(fullName);
  });
const suite: Define = (name, define) => void describe(name, () => void define());

/** The `each` of jest, for names with `%s`. */
const each =
  (define: Define) =>
  (rows: readonly unknown[]): Define =>
  (name, run, timeout) => {
    for (const row of rows.map(given => (Array.isArray(given) ? given : [given])))
      define(format(name, ...row.slice(0, name.split('%s').length - 1)), () => run(...row), timeout);
  };

takePackagesFrom(join(ROOT, folder));
Object.assign(globalThis, {
  ...{ expect, beforeAll: before, afterAll: after, beforeEach, afterEach },
  ...{ test: Object.assign(testCase, { each: each(testCase) }), describe: Object.assign(suite, { each: each(suite) }) },
});
after(() => console.log(JSON.stringify(passed)));
// Hooks belong to the file that sets them.
for (const file of files) suite(file, () => require(join(ROOT, file)));

/** Resolves names as jest does here, and those of packages that a folder has installed to that folder. */
function takePackagesFrom(folder: string): void {
  const loader = Module as unknown as { _resolveFilename: (name: string, ...rest: unknown[]) => string };
  const resolve = loader._resolveFilename;
  const installed = Object.keys(createRequire(join(folder, 'package.json'))('./package.json').dependencies);
  const sources = Object.entries(jest.moduleNameMapper!) as [pattern: string, source: string][];
  const within = { ...module, paths: [join(folder, 'node_modules')] };
  loader._resolveFilename = function (name, parent, ...rest) {
    for (const [pattern, source] of sources)
      if (RegExp(pattern).test(name)) return name.replace(RegExp(pattern), source).replace('<rootDir>', ROOT);
    const isInstalled = installed.some(each => name === each || name.startsWith(`${each}/`));
    return resolve.call(this, name, isInstalled ? within : parent, ...rest);
  };
}

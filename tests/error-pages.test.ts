import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as errors from 'eventuality/errors';
import * as nestjsCqrs from 'eventuality/nestjs/cqrs';
import * as postgres from 'eventuality/postgres';
import * as sqlite from 'eventuality/sqlite';
import * as testing from 'eventuality/testing';

const root = join(__dirname, '..');
const { EventualityError } = errors;

/** The classes and codes of the rows that begin with a class and its code. */
function documented(page: string): [string, string][] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(/^\| `(\w+Error)` *\| `([A-Z_]+)` *\| \S/gm)]
    .map(([, name, code]): [string, string] => [name!, code!])
    .sort();
}

/** The codes of all error classes as they are written in the sources, by class. */
const written = codesInSources();

function codesInSources(): Map<string, string> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.ts'),
  );
  const sources = files.map(file => readFileSync(join(root, 'src', file), 'utf8')).join('\n');
  const found = [
    ...sources.matchAll(
      /class (\w+) extends EventualityError \{\n\s*(?:override )?readonly code(?:: string)? = '(\w+)';/g,
    ),
  ];
  return new Map(found.map(([, name, code]) => [name!, code!]));
}

/** The error classes among what a module exports, with their codes. */
function exported(module: object): [string, string][] {
  const errors = Object.entries(module).filter(
    ([, value]) => typeof value === 'function' && value.prototype instanceof EventualityError,
  );
  return errors.map(([name]): [string, string] => [name, written.get(name) ?? 'no code in the sources']).sort();
}

test.each([
  ['errors.md', errors, []],
  ['nestjs-cqrs.md', nestjsCqrs, []],
  ['sqlite.md', sqlite, [['PayloadTooLargeError', 'PAYLOAD_TOO_LARGE']]],
  ['postgres.md', postgres, [['PayloadTooLargeError', 'PAYLOAD_TOO_LARGE']]],
] as [string, object, [string, string][]][])(
  'docs/%s lists every error of its entry point once, with its code, and no other',
  (page, module, shared) => {
    expect(documented(page)).toEqual([...exported(module), ...shared].sort());
  },
);

test('every error class of the sources is exported, and so is on one of these pages', () => {
  const names = [errors, nestjsCqrs, sqlite, postgres, testing].flatMap(module =>
    exported(module).map(([name]) => name),
  );
  expect(names.sort()).toEqual([...written.keys()].sort());
});

test('no two classes share a code', () => {
  expect(new Set(written.values()).size).toBe(written.size);
  expect(written.size).toBeGreaterThan(50);
});

test('no page or source holds the marks of a merge that was not finished', () => {
  const files = ['docs', 'src', 'tests', 'samples', 'scripts'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => /\.(ts|js|mjs|cjs|md|json|sql)$/.test(file) && !file.includes('node_modules'))
      .map(file => join(folder, file)),
  );
  const marked = [...files, 'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].filter(file =>
    /^(<{7} |>{7} |={7}$)/m.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(marked).toEqual([]);
});

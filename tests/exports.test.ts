import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as eventuality from 'eventuality';
import * as container from 'eventuality/container';
import * as errors from 'eventuality/errors';
import * as operations from 'eventuality/operations';
import * as processes from 'eventuality/processes';
import * as storeKit from 'eventuality/store-kit';
import * as tsyringe from 'eventuality/tsyringe';
import * as upcasting from 'eventuality/upcasting';
import * as values from 'eventuality/values';
import ts from 'typescript';

const root = join(__dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const subpaths = Object.keys(manifest.exports).filter(path => path !== '.' && path !== './package.json');

/** What a page lists and a source exports, by name. */
interface Names {
  readonly values: string[];
  readonly types: string[];
}

/**
 * The names that a page, or its part about one entry point, lists: one line each, `- \`name\`: what it is`; types stand
 * under headings that end with "(types)".
 */
function documented(page: string, part?: string): Names {
  const found: Names = { values: [], types: [] };
  let kind: keyof Names = 'values';
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const lines = part === undefined ? text : text.split(/^(?=## )/m).find(each => each.startsWith(`## \`${part}\``));
  for (const line of (lines ?? '').split('\n')) {
    if (line.startsWith('#')) kind = line.endsWith('(types)') ? 'types' : 'values';
    const name = /^- `(\w+)`: \S/.exec(line)?.[1];
    if (name) found[kind].push(name);
  }
  return found;
}

/** The names that a source exports as it is written. */
function written(file: string): Names {
  const source = ts.createSourceFile(file, readFileSync(join(root, 'src', file), 'utf8'), ts.ScriptTarget.ES2022);
  const found: Names = { values: [], types: [] };
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement)) continue;
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause))
      throw new Error(`src/${file} exports by name only`);
    for (const { name, isTypeOnly } of statement.exportClause.elements)
      found[statement.isTypeOnly || isTypeOnly ? 'types' : 'values'].push(name.text);
  }
  return found;
}

const LISTED: [page: string, file: string, module: object, part?: string][] = [
  ['api.md', 'index.ts', eventuality],
  ['store-kit.md', 'store-kit.ts', storeKit],
  ['api-entry-points.md', 'container.ts', container, 'eventuality/container'],
  ['api-entry-points.md', 'operations.ts', operations, 'eventuality/operations'],
  ['api-entry-points.md', 'processes.ts', processes, 'eventuality/processes'],
  ['api-entry-points.md', 'tsyringe.ts', tsyringe, 'eventuality/tsyringe'],
  ['api-entry-points.md', 'upcasting.ts', upcasting, 'eventuality/upcasting'],
  ['api-entry-points.md', 'values.ts', values, 'eventuality/values'],
];

describe.each(LISTED)('docs/%s, of src/%s,', (page, file, module, part) => {
  test('lists every value that is exported, once, and no other', () => {
    expect(documented(page, part).values.sort()).toEqual(written(file).values.sort());
  });

  test('lists every type that is exported, once, and no other', () => {
    expect(documented(page, part).types.sort()).toEqual(written(file).types.sort());
  });

  test('lists values that are there at run time', () => {
    expect(Object.keys(module).sort()).toEqual(written(file).values.sort());
    for (const [name, value] of Object.entries(module)) expect([name, typeof value]).not.toEqual([name, 'undefined']);
  });
});

test('every entry point beside adapters and the testing kit is listed', () => {
  const files = readdirSync(join(root, 'src')).filter(file => file.endsWith('.ts'));
  expect([...LISTED.map(([, file]) => file), 'errors.ts'].sort()).toEqual(files.sort());
});

test('a name is in one entry point: only errors are in two, those of the root as the same classes', () => {
  const namesOf = (file: string) => Object.values(written(file)).flat();
  const listed: string[] = LISTED.flatMap(([, file]) => namesOf(file));
  expect(listed.filter((name, index) => listed.indexOf(name) !== index)).toEqual([]);
  const shared = namesOf('errors.ts').filter(name => listed.includes(name));
  expect(shared.sort()).toEqual(
    written('index.ts')
      .values.filter(name => name.endsWith('Error'))
      .sort(),
  );
  for (const name of shared) expect(Reflect.get(errors, name)).toBe(Reflect.get(eventuality, name));
});

test('what comments call "for store authors" is in eventuality/store-kit', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => readFileSync(join(root, 'src', path), 'utf8'));
  const promised = sources.flatMap(text =>
    [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:async )?(?:function|const|class) (\w+)/g)]
      .filter(([, comment]) => /for\s+(\*\s+)?store\s+(\*\s+)?authors/i.test(comment!))
      .map(([, , name]) => name),
  );
  expect(promised.length).toBeGreaterThan(15);
  expect(promised.filter(name => !Object.hasOwn(storeKit, name!))).toEqual([]);
});

/** A list beside the root's, or the door of a folder; adapters and integrations have a folder of their own. */
const sourceOf = (path: string): string | undefined => {
  const name = path.slice('./'.length);
  const folders = ['', 'adapters/', 'integrations/'].map(folder => folder + name);
  return [...folders, ...folders.map(folder => `${folder}/index`)].find(file =>
    existsSync(join(root, 'src', `${file}.ts`)),
  );
};

test('every sub-path export is a file or folder of the same name, with types, and in typesVersions', () => {
  for (const path of subpaths) {
    const source = sourceOf(path);
    expect(manifest.exports[path]).toEqual({ types: `./dist/${source}.d.ts`, default: `./dist/${source}.js` });
    expect(manifest.typesVersions['*'][path.slice(2)]).toEqual([`./dist/${source}.d.ts`]);
  }
  expect(Object.keys(manifest.typesVersions['*']).sort()).toEqual(subpaths.map(path => path.slice(2)).sort());
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as eventuality from 'eventuality';
import ts from 'typescript';

const root = join(__dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const subpaths = Object.keys(manifest.exports).filter(path => path !== '.' && path !== './package.json');

/**
 * The names that docs/api.md lists: one line each, `- \`name\`: what it is`; types stand under headings that end with
 * "(types)".
 */
function documented(): { values: string[]; types: string[] } {
  const found = { values: [] as string[], types: [] as string[] };
  let kind: keyof typeof found = 'values';
  for (const line of readFileSync(join(root, 'docs/api.md'), 'utf8').split('\n')) {
    if (line.startsWith('#')) kind = line.endsWith('(types)') ? 'types' : 'values';
    const name = /^- `(\w+)`: \S/.exec(line)?.[1];
    if (name) found[kind].push(name);
  }
  return found;
}

/** The names that src/index.ts exports as it is written. */
function written(): { values: string[]; types: string[] } {
  const source = ts.createSourceFile(
    'index.ts',
    readFileSync(join(root, 'src/index.ts'), 'utf8'),
    ts.ScriptTarget.ES2022,
  );
  const found = { values: [] as string[], types: [] as string[] };
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement)) continue;
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause))
      throw new Error('src/index.ts exports by name only');
    for (const { name, isTypeOnly } of statement.exportClause.elements)
      found[statement.isTypeOnly || isTypeOnly ? 'types' : 'values'].push(name.text);
  }
  return found;
}

test('docs/api.md lists every value that the package exports, once, and no other', () => {
  expect(documented().values.sort()).toEqual(written().values.sort());
});

test('docs/api.md lists every type that the package exports, once, and no other', () => {
  expect(documented().types.sort()).toEqual(written().types.sort());
});

test('what is exported as a value is there at run time', () => {
  expect(Object.keys(eventuality).sort()).toEqual(written().values.sort());
  for (const [name, value] of Object.entries(eventuality))
    expect([name, typeof value]).not.toEqual([name, 'undefined']);
});

/** Adapters have a folder of their own. */
const folderOf = (path: string): string => {
  const name = path.slice('./'.length);
  return existsSync(join(root, 'src/adapters', name)) ? `adapters/${name}` : name;
};

test('every sub-path export is a folder of the same name, with types, and in typesVersions', () => {
  for (const path of subpaths) {
    const folder = folderOf(path);
    expect([path, existsSync(join(root, 'src', folder, 'index.ts'))]).toEqual([path, true]);
    expect(manifest.exports[path]).toEqual({
      types: `./dist/${folder}/index.d.ts`,
      default: `./dist/${folder}/index.js`,
    });
  }
  expect(Object.keys(manifest.typesVersions['*']).sort()).toEqual(subpaths.map(path => path.slice(2)).sort());
});

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformSync as swc } from '@swc/core';
import { transformSync as esbuild, type TransformOptions } from 'esbuild';
import ts from 'typescript';
import { declaredFields, hiddenFields } from '../../src/messages/sealing/hidden-fields';
import { COMPILERS } from '../support/compilers';

const SOURCE = String.raw`
const states = new WeakMap();
const seen = new Map();
class Base {}
class Fields extends Base { #count = 0; inc() { this.#count += 1; return this; } }
class Inherited extends Fields { other = 1; }
class Bare extends Base { #count; set(n) { this.#count = n; } }
class Functions extends Base { #check = () => true; go() { return this.#check(); } }
class ByHand extends Base { constructor() { super(); states.set(this, { count: 0 }); } }
class Commented extends Base {
  /** #level (in litres) */
  #level = 0; // #level (again)
  fill(n) { this./* x */#level += n; return 'the #level (in litres)' + \`#level (\${this.#level})\`; }
}
class Slashes extends Base {
  a = 1 / 2; b = /[/#]\/{/; #count = 4 / 2 / 1; go(x) { if (x) /#\}/.test(x); return x ? { of: this.#count } : 1 / 2; }
}
class Spread extends Base { static ["a}"] = 1
  other = {}
  #count = 1
  go() { return this.#count }
}
class Methods extends Base { #check() { return 1; } get #twice() { return 2; } go() { return this.#check() + this.#twice; } }
class Statics extends Base { static made = 0; static #made = 1; static made() { seen.set(this, Statics.#made); } static { seen.set(this, 1); } }
class Texts extends Base { color = '#fff'; label(n) { return \`No. #\${n} #\${this.color}\`; } /* this is issue #12 */ }
class Words extends Base { text = 'this.#a = 1; x.set(this, 1)'; pattern = /this.#a;{/; /* #a = 1; x.set(this, 1) */ go() { return \`#a; \${1} .set(this, 1)\`; } }
class Outer extends Base { make() { return new (class { #inner = 1; get() { return this.#inner; } })(); } }
class Public extends Base { count = 0; _count = 1; set(n) { this.count = n; } }
return { Base, Fields, Inherited, Bare, Functions, ByHand, Commented, Slashes, Spread, Methods, Statics, Texts, Words, Outer, Public };
`.replace(/\\([`$])/g, '$1');

const inFunction = (source: string, compile: (source: string) => string): string =>
  `${compile(`function classes() { ${source} }`)}\nreturn classes();`;
const byEsbuild =
  (options: TransformOptions) =>
  (source: string): string =>
    inFunction(source, code => esbuild(code, options).code);
const byTsc =
  (target: ts.ScriptTarget) =>
  (source: string): string =>
    ts.transpileModule(source, { compilerOptions: { target } }).outputText;
const bySwc =
  (target: 'es2015' | 'es2017' | 'es2022') =>
  (source: string): string =>
    inFunction(source, code => swc(code, { jsc: { target, parser: { syntax: 'ecmascript' } } }).code);

/** Compiles the body of a function, so that helpers stay inside. */
const compilers: Readonly<Record<string, (source: string) => string>> = {
  'no compiler': source => source,
  'TypeScript, ES2022': byTsc(ts.ScriptTarget.ES2022),
  'TypeScript, ES2017': byTsc(ts.ScriptTarget.ES2017),
  'TypeScript, ES2015': byTsc(ts.ScriptTarget.ES2015),
  'esbuild, ES2017': byEsbuild({ target: 'es2017' }),
  'esbuild, ES2022': byEsbuild({ target: 'es2022' }),
  'esbuild, minified': byEsbuild({ target: 'es2022', minify: true, keepNames: true }),
  'esbuild, as tsx has it': byEsbuild({ target: 'node20', minifyWhitespace: true, keepNames: true }),
  'swc, ES2015': bySwc('es2015'),
  'swc, ES2017': bySwc('es2017'),
  'swc, ES2022': bySwc('es2022'),
};

describe.each(Object.entries(compilers))('%s', (_, compile) => {
  const classes = new Function(compile(SOURCE))() as Record<string, Function>;
  const hidden = (name: string): string[] => hiddenFields(classes[name]!.prototype, classes.Base!.prototype);

  test.each(['Fields', 'Inherited', 'Bare', 'Functions', 'ByHand', 'Commented', 'Slashes', 'Spread'])(
    'sees that %s has private state',
    name => {
      expect(hidden(name)).toHaveLength(1);
    },
  );

  test.each(['Methods', 'Statics', 'Texts', 'Words', 'Outer', 'Public'])('sees that %s has none', name => {
    expect(hidden(name)).toEqual([]);
  });
});

const DECORATED = `
function marked(...args: any[]): any {}
@marked export class Fields { @marked note = 'n'; #level = 0; fill() { return (this.#level += 1); } }
@marked export class Accessors { @marked accessor level = 0; }
@marked export class Public { @marked note = 'n'; static #made = 0; @marked go() { return ++Public.#made; } #check() { return 1; } check() { return this.#check(); } }
`;

test.each(Object.entries(COMPILERS).filter(([, { skipped }]) => !skipped))(
  '%s: sees private fields and accessors of decorated classes',
  (name, { compile }) => {
    // Legacy decorators do not take accessors, and swc leaves them to the engine then, which knows none yet.
    const legacy = name.includes('legacy') ? DECORATED.replace('@marked accessor', 'accessor') : DECORATED;
    const fields = name.startsWith('swc, legacy') ? legacy.replace('accessor level', '#level') : legacy;
    // TypeScript, where it looks at types, refuses static private fields of decorated classes.
    const source = name.startsWith('TypeScript 7, legacy')
      ? fields.replace('static #made', 'static made').replace('.#made', '.made')
      : fields;
    const module = { exports: {} as Record<string, Function> };
    const folder = mkdtempSync(join(tmpdir(), 'eventuality-hidden-'));
    mkdirSync(join(folder, 'from'));
    writeFileSync(join(folder, 'from/decorated.ts'), source);
    compile(join(folder, 'from'), join(folder, 'to'));
    const compiled = readFileSync(join(folder, 'to/decorated.js'), 'utf8');
    rmSync(folder, { recursive: true });
    new Function('module', 'exports', 'require', compiled)(module, module.exports, require);
    const { Fields, Accessors, Public } = module.exports;
    expect(hiddenFields(Fields!.prototype)).toHaveLength(1);
    expect(hiddenFields(Accessors!.prototype)).toHaveLength(1);
    expect(hiddenFields(Public!.prototype)).toEqual([]);
  },
);

test('names the fields, where they have kept their names', () => {
  class Named {
    #a = 1;
    #b = 2;
    static #made = 0;
    #sum() {
      return this.#a + this.#b;
    }
    get #twice() {
      return 2 * this.#sum();
    }
    go() {
      Named.#made += 1;
      return this.#twice;
    }
  }
  expect(new Named().go()).toBe(6);
  expect(hiddenFields(Named.prototype)).toEqual(['#a', '#b']);
});

test('sees the private fields of classes that others have written', () => {
  expect(hiddenFields(class extends URL {}.prototype).length).toBeGreaterThan(0);
  expect(hiddenFields(class extends Array {}.prototype)).toEqual([]);
});

test("agrees with TypeScript's parser on every class with a private name in the installed packages", () => {
  let withFields = 0;
  for (const file of scripts('node_modules')) {
    const text = readFileSync(file, 'utf8');
    if (text.length > 500_000 || !/[\s;{}]#[a-z_$][\w$]*\s*[=;]/i.test(text)) continue;
    for (const { source, fields } of classesIn(text)) {
      const declared = [...declaredFields(source)].filter(field => field !== '#private');
      expect({ file, source, fields: declared }).toEqual({ file, source, fields });
      if (fields.length > 0) withFields++;
    }
  }
  expect(withFields).toBeGreaterThan(100);
}, 60_000);

function* scripts(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) yield* scripts(join(folder, entry.name));
    else if (/\.[cm]?js$/.test(entry.name)) yield join(folder, entry.name);
  }
}

function classesIn(text: string): { readonly source: string; readonly fields: readonly string[] }[] {
  const found: { source: string; fields: string[] }[] = [];
  const file = ts.createSourceFile('file.js', text, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS);
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node)) found.push({ source: node.getText(file), fields: node.members.flatMap(fieldOf) });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.filter(({ source }) => source.startsWith('class'));
}

function fieldOf(member: ts.ClassElement): string[] {
  if (!ts.isPropertyDeclaration(member) || !ts.isPrivateIdentifier(member.name)) return [];
  return member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ? [] : [member.name.text];
}

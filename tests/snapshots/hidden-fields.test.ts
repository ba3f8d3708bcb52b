import { transformSync as swc } from '@swc/core';
import { transformSync as esbuild } from 'esbuild';
import ts from 'typescript';
import { hiddenFields } from '../../src/model/hidden-fields';

const SOURCE = `
class Base {}
class Fields extends Base { #count = 0; inc() { this.#count += 1; return this; } }
class Inherited extends Fields { other = 1; }
class Bare extends Base { #count; set(n) { this.#count = n; } }
class Functions extends Base { #check = () => true; go() { return this.#check(); } }
class ByHand extends Base { constructor() { super(); states.set(this, { count: 0 }); } }
class Methods extends Base { #check() { return 1; } go() { return this.#check(); } }
class Statics extends Base { static made = 0; }
class Texts extends Base { color = '#fff'; label(n) { return \`No. #\${n} #\${this.color}\`; } /* this is issue #12 */ }
class Public extends Base { count = 0; _count = 1; }
const states = new WeakMap();
return { Base, Fields, Inherited, Bare, Functions, ByHand, Methods, Statics, Texts, Public };
`;

/** Compiles the body of a function, so that helpers stay inside. */
const compilers: Readonly<Record<string, (source: string) => string>> = {
  'no compiler': source => source,
  'TypeScript, ES2022': source => ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } }).outputText,
  'TypeScript, ES2017': source => ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2017 } }).outputText,
  'esbuild, ES2017': source => inFunction(source, code => esbuild(code, { target: 'es2017' }).code),
  'esbuild, ES2022': source => inFunction(source, code => esbuild(code, { target: 'es2022' }).code),
  'swc, ES2017': source => inFunction(source, code => swc(code, { jsc: { target: 'es2017', parser: { syntax: 'ecmascript' } } }).code),
};

const inFunction = (source: string, compile: (source: string) => string): string =>
  `${compile(`function classes() { ${source} }`)}\nreturn classes();`;

describe.each(Object.entries(compilers))('%s', (_, compile) => {
  const classes = new Function(compile(SOURCE))() as Record<string, Function>;
  const hidden = (name: string): string[] => hiddenFields(classes[name]!, classes.Base);

  test.each(['Fields', 'Inherited', 'Bare', 'Functions', 'ByHand'])('sees that %s has private state', name => {
    expect(hidden(name)).toHaveLength(1);
  });

  test.each(['Methods', 'Statics', 'Texts', 'Public'])('sees that %s has none', name => {
    expect(hidden(name)).toEqual([]);
  });
});

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
  expect(hiddenFields(Named, null)).toEqual(['#a', '#b']);
});

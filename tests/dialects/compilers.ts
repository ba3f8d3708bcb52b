import { type Options, transformSync as transformBySwc } from '@swc/core';
import { transformSync as transformByEsbuild } from 'esbuild';
import ts from 'typescript';

/** Turns one TypeScript file into CommonJS. */
export type Compiler = (source: string, fileName: string) => string;

const byTsc =
  (options: ts.CompilerOptions): Compiler =>
  (source, fileName) =>
    ts.transpileModule(source, {
      fileName,
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true, ...options },
    }).outputText;

const bySwc =
  (transform: NonNullable<NonNullable<Options['jsc']>['transform']>): Compiler =>
  (source, filename) =>
    transformBySwc(source, {
      filename,
      configFile: false,
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform },
      module: { type: 'commonjs' },
    }).code;

const byEsbuild =
  (experimentalDecorators: boolean): Compiler =>
  source =>
    transformByEsbuild(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'es2022',
      tsconfigRaw: { compilerOptions: { experimentalDecorators, useDefineForClassFields: true } },
    }).code;

/** The compilers and their settings; `leavesTypes` says whether they emit what decorators can infer types from. */
export const COMPILERS: Readonly<Record<string, { readonly compile: Compiler; readonly leavesTypes: boolean }>> = {
  'tsc, legacy decorators with metadata': {
    compile: byTsc({ experimentalDecorators: true, emitDecoratorMetadata: true }),
    leavesTypes: true,
  },
  'tsc, legacy decorators without metadata': { compile: byTsc({ experimentalDecorators: true }), leavesTypes: false },
  'tsc, standard decorators': { compile: byTsc({ experimentalDecorators: false }), leavesTypes: false },
  'swc, legacy decorators with metadata': { compile: bySwc({ legacyDecorator: true, decoratorMetadata: true }), leavesTypes: true },
  'swc, legacy decorators without metadata': { compile: bySwc({ legacyDecorator: true }), leavesTypes: false },
  'swc, standard decorators of 2022-03': { compile: bySwc({ decoratorVersion: '2022-03' }), leavesTypes: false },
  'swc, standard decorators of 2023-11': { compile: bySwc({ decoratorVersion: '2023-11' as '2022-03' }), leavesTypes: false },
  'esbuild, legacy decorators': { compile: byEsbuild(true), leavesTypes: false },
  'esbuild, standard decorators': { compile: byEsbuild(false), leavesTypes: false },
};

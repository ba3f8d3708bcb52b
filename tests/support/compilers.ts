import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, transformSync as transformBySwc } from '@swc/core';
import { transformSync as transformByEsbuild } from 'esbuild';
import ts from 'typescript';

/** Compiles all TypeScript files of a folder into CommonJS in another one. */
export type Compiler = (from: string, to: string) => void;

/** Compiles file by file, without looking at types. */
const eachFile =
  (transform: (source: string, fileName: string) => string): Compiler =>
  (from, to) => {
    mkdirSync(to, { recursive: true });
    for (const file of readdirSync(from))
      writeFileSync(join(to, file.replace('.ts', '.js')), transform(readFileSync(join(from, file), 'utf8'), file));
  };

const byTsc = (options: ts.CompilerOptions): Compiler =>
  eachFile((source, fileName) => {
    const compilerOptions = {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      ...options,
    };
    return ts.transpileModule(source, { fileName, compilerOptions }).outputText;
  });

const TYPESCRIPT_7 = join(__dirname, '../typescript-7/node_modules/typescript/bin/tsc');
/**
 * Whether TypeScript 7 is installed, as `.ci/run` does. It is no dependency of this package: the names of its programs
 * are those of TypeScript 6.
 */
const hasTypescript7 = existsSync(TYPESCRIPT_7);

/** As users compile: all files at once, with their types checked against those of the package. */
const byTypescript7 =
  (options: Readonly<Record<string, unknown>>): Compiler =>
  (from, to) => {
    const sources = `${to}-sources`;
    mkdirSync(sources, { recursive: true });
    for (const file of readdirSync(from)) writeFileSync(join(sources, file), readFileSync(join(from, file)));
    const places = {
      outDir: to,
      rootDir: sources,
      typeRoots: [join(__dirname, '../../node_modules/@types')],
      types: ['node'],
    };
    const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, ...places, ...options };
    writeFileSync(join(sources, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
    try {
      execFileSync(process.execPath, [TYPESCRIPT_7, '-p', sources], { encoding: 'utf8' });
    } catch (error) {
      throw new Error(`TypeScript 7 complains:\n${(error as { stdout: string }).stdout}`);
    }
  };

const bySwc = (transform: NonNullable<NonNullable<Options['jsc']>['transform']>): Compiler =>
  eachFile((source, filename) => {
    const options: Options = {
      ...{ filename, configFile: false, swcrc: false },
      jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform },
      module: { type: 'commonjs' },
    };
    return transformBySwc(source, options).code;
  });

const byEsbuild = (experimentalDecorators: boolean): Compiler =>
  eachFile(source => {
    const tsconfigRaw = { compilerOptions: { experimentalDecorators, useDefineForClassFields: true } };
    return transformByEsbuild(source, { loader: 'ts', format: 'cjs', target: 'es2022', tsconfigRaw }).code;
  });

interface Dialect {
  readonly compile: Compiler;
  /** Whether it emits what decorators can infer types from. */
  readonly leavesTypes: boolean;
  /** Why it cannot be tried here. */
  readonly skipped?: string | undefined;
}

const skipped = hasTypescript7 ? undefined : 'skipped: TypeScript 7 is not installed, see tests/typescript-7';

/** The compilers and their settings. */
export const COMPILERS: Readonly<Record<string, Dialect>> = {
  'tsc, legacy decorators with metadata': {
    compile: byTsc({ experimentalDecorators: true, emitDecoratorMetadata: true }),
    leavesTypes: true,
  },
  'tsc, legacy decorators without metadata': { compile: byTsc({ experimentalDecorators: true }), leavesTypes: false },
  'tsc, standard decorators': { compile: byTsc({ experimentalDecorators: false }), leavesTypes: false },
  'swc, legacy decorators with metadata': {
    compile: bySwc({ legacyDecorator: true, decoratorMetadata: true }),
    leavesTypes: true,
  },
  'swc, legacy decorators without metadata': { compile: bySwc({ legacyDecorator: true }), leavesTypes: false },
  'swc, standard decorators of 2022-03': { compile: bySwc({ decoratorVersion: '2022-03' }), leavesTypes: false },
  'swc, standard decorators of 2023-11': {
    compile: bySwc({ decoratorVersion: '2023-11' as '2022-03' }),
    leavesTypes: false,
  },
  'esbuild, legacy decorators': { compile: byEsbuild(true), leavesTypes: false },
  'esbuild, standard decorators': { compile: byEsbuild(false), leavesTypes: false },
  'TypeScript 7, legacy decorators with metadata': {
    ...{
      compile: byTypescript7({ experimentalDecorators: true, emitDecoratorMetadata: true }),
      leavesTypes: true,
      skipped,
    },
  },
  'TypeScript 7, standard decorators': {
    compile: byTypescript7({ experimentalDecorators: false }),
    leavesTypes: false,
    skipped,
  },
};

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where the code of this module runs from, as the frames of a stack name it: a file of the package, or the bundle it is
 * a part of.
 */
const SOURCE = frameFile(new Error().stack ?? '');
const PACKAGE = /^(.*[\\/](?:dist|src))[\\/]messages[\\/]names[\\/]own-file\.[jt]s$/.exec(SOURCE ?? '')?.[1];

/** The folder that only files of the package are in, as the frames of a stack name it; undefined in a bundle. */
export const packageFolder: string | undefined = PACKAGE;

/**
 * The folder to look for packages from that are loaded when they are needed: the package's own, or that of the bundle.
 */
export function ownFolder(): string {
  // An ES module has no __dirname, and neither has a bundle that is one.
  if (typeof __dirname === 'string') return __dirname;
  if (SOURCE?.startsWith('file:')) return dirname(fileURLToPath(SOURCE));
  return process.cwd();
}

/** Loads a package by its name. Not `NodeJS.Require`: users need not have the types of Node. */
export type PackageRequire = ((name: string) => any) & {
  resolve(name: string, options?: { paths?: string[] }): string;
};

/** Returns a `require` that works in a bundle of either kind, and that bundlers do not look into. */
export const ownRequire = (): PackageRequire => createRequire(join(ownFolder(), 'package.js'));

function frameFile(stack: string): string | undefined {
  const frame = stack.split('\n').find(line => /^\s+at /.test(line));
  return /\(?((?:file:\/\/)?(?:[A-Za-z]:)?[^():]+):\d+:\d+\)?$/.exec(
    frame?.replace(/^\s+at /, '').replace(/^.*\(/, '') ?? '',
  )?.[1];
}

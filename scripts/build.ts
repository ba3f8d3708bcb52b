/**
 * Builds the package into `dist/`: `npm run build`. It makes two things of what tsc writes plainer.
 *
 * `require("node:...")` becomes `process.getBuiltinModule("node:...")`: in an ES module that a bundler makes there is
 * no `require`.
 *
 * What tsc writes for `export { a } from './b'`, a getter, becomes a plain value: each use of a name across folders
 * goes through one of them, and a getter is called each time. Modules of the package never import each other in a
 * circle (see check:floors), so the value is there when the module that hands it on is loaded; measured at a tenth of a
 * command in memory.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
export const DIST = join(ROOT, 'dist');
/** What the build is made of; folders too, whose times tell what was removed. */
const SOURCES = ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.ts'];
/** As old as the sources that were built: written by tsc, and dated when all is done. */
const BUILT = 'dist/.tsbuildinfo';
const GETTER =
  /Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+\.\w+); \} \}\);/g;
const BUILT_IN = /\brequire\(("node:[^"]+")\)/g;

/** Whether nothing has changed since the package was built. */
export function isBuilt(root = ROOT): boolean {
  const built = timeOf(join(root, BUILT));
  return SOURCES.every(source => latest(join(root, source)) <= built);
}

/** Builds the package. Returns whether it compiles; the compiler prints what is wrong. */
export function build(): boolean {
  const began = new Date();
  const tsc = [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'];
  const compiles = spawnSync(process.execPath, tsc, { cwd: ROOT, stdio: 'inherit' }).status === 0;
  if (compiles) makePlain();
  // What is changed while it is built is newer. What does not compile counts as not built.
  if (compiles) utimesSync(join(ROOT, BUILT), began, began);
  else rmSync(join(ROOT, BUILT), { force: true });
  return compiles;
}

function makePlain(): void {
  for (const entry of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.js')) continue;
    const file = join(DIST, entry);
    const text = readFileSync(file, 'utf8');
    const plain = text.replace(GETTER, 'exports.$1 = $2;').replace(BUILT_IN, 'process.getBuiltinModule($1)');
    if (plain.includes('Object.defineProperty(exports, "') && plain.includes('get: function'))
      throw new Error(`${file} has an export of another form.`);
    if (plain !== text) writeFileSync(file, plain);
  }
}

function latest(path: string): number {
  const entries = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return Math.max(timeOf(path), ...entries.map(entry => timeOf(join(path, entry))));
}

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (require.main === module && !build()) process.exitCode = 1;

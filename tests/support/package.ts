import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { build, DIST, isBuilt } from '../../scripts/build';

const ROOT = join(__dirname, '../..');
const LOCK = join(ROOT, 'node_modules/.building');
/** Longer than a build takes: who held the lock for longer has ended. */
const LONGEST_BUILD = 120_000;

/**
 * Returns the folder of the package as it is published: built when something has changed since, by one test file, while
 * others wait for it.
 */
export async function builtDist(): Promise<string> {
  if (isBuilt()) return DIST;
  while (!isLocked()) await sleep(50);
  try {
    if (!isBuilt() && !build()) throw new Error('The package does not compile.');
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
  return DIST;
}

/** Packs what would be published into a folder, and returns the tarball. */
export async function packed(into: string): Promise<string> {
  const folder = join(into, 'package');
  mkdirSync(folder);
  const { files }: { files: string[] } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const named = files.filter(file => file !== 'dist' && !file.startsWith('!'));
  for (const file of ['package.json', 'LICENSE', 'README.md', ...named])
    cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  cpSync(await builtDist(), join(folder, 'dist'), { recursive: true });
  const packing = [
    'pack',
    '--pack-destination',
    into,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { stdout } = await promisify(execFile)('npm', packing, { cwd: folder });
  return join(into, stdout.trim().split('\n').at(-1)!);
}

/** Puts packages of this project, and the project itself as `eventuality`, where the programs of a folder find them. */
export function linkPackages(folder: string, names: readonly string[]): void {
  const modules = join(folder, 'node_modules');
  for (const name of names) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(name === 'eventuality' ? ROOT : join(ROOT, 'node_modules', name), join(modules, name));
  }
}

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function isLocked(): boolean {
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    if (Date.now() - timeOf(LOCK) > LONGEST_BUILD) rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
}

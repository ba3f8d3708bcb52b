import { mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

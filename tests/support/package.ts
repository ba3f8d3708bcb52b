import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(__dirname, '../..');
const DIST = join(ROOT, 'dist');
/** What the build is made of. */
const SOURCES = ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/plain-exports.ts'];
const BUILT = join(DIST, '.tsbuildinfo');
const LOCK = join(ROOT, 'node_modules/.building');
/** Longer than a build takes: who held the lock for longer has ended. */
const LONGEST_BUILD = 120_000;

/**
 * Returns the folder of the package as it is published: built when something has changed since, by one test file, while
 * others wait for it.
 */
export async function builtDist(): Promise<string> {
  if (isFresh()) return DIST;
  while (!isLocked()) await sleep(50);
  try {
    if (!isFresh()) build();
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

function build(): void {
  execFileSync('npm', ['run', '-s', 'build'], { cwd: ROOT });
  const now = new Date();
  utimesSync(BUILT, now, now);
}

function isFresh(): boolean {
  const built = timeOf(BUILT);
  return SOURCES.every(source => latest(join(ROOT, source)) <= built);
}

function latest(path: string): number {
  const entries = statSync(path).isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return Math.max(timeOf(path), ...entries.map(entry => timeOf(join(path, entry))));
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

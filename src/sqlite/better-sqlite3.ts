import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ownFolder, ownRequire } from '../messages';
import type { SqliteConnection, SqliteDriver } from './driver';
import { reasonOf, SqliteDriverMissingError } from './errors';

type Database = new (file: string) => SqliteConnection;

/** Where a driver is looked for, and the Node that is to load it. */
export interface Surroundings {
  readonly folders?: readonly string[];
  readonly nodeVersion?: string;
}

/**
 * Returns the driver for the package better-sqlite3, looked for beside this package, then in the working directory.
 * @throws SqliteDriverMissingError when it is not there, does not fit this Node, or does not load
 */
export function betterSqlite3(surroundings: Surroundings = {}): SqliteDriver {
  const { folders = [ownFolder(), process.cwd()], nodeVersion = process.versions.node } = surroundings;
  const install = `npm install better-sqlite3@${major(nodeVersion) < 22 ? 12 : 13}`;
  const manifest = found(folders);
  if (!manifest) throw new SqliteDriverMissingError([`The package better-sqlite3 is not installed. Install it: ${install}`]);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  // It would not throw: opening a database would end the process.
  if (major(version) >= 13 && major(nodeVersion) < 22) {
    throw new SqliteDriverMissingError([
      `better-sqlite3 ${version} needs Node 22, this is ${nodeVersion}. Install an older one: ${install}`,
    ]);
  }
  const Library = loaded(dirname(manifest), version);
  return { name: 'better-sqlite3', open: file => new Library(file) };
}

function found(folders: readonly string[]): string | undefined {
  try {
    return ownRequire().resolve('better-sqlite3/package.json', { paths: [...folders] });
  } catch {
    return undefined;
  }
}

function loaded(folder: string, version: string): Database {
  try {
    const Library = ownRequire()(folder) as Database;
    // Its native half is loaded by the first database.
    new Library(':memory:').close();
    return Library;
  } catch (error) {
    const advice = `Build it for this Node (${process.versions.node}): npm rebuild better-sqlite3`;
    throw new SqliteDriverMissingError([`better-sqlite3 ${version} does not load: ${reasonOf(error)}. ${advice}`], error);
  }
}

const major = (version: string): number => Number.parseInt(version, 10);

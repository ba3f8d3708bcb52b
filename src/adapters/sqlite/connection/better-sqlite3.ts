import { SqliteDriverMissingError } from '../errors';
import type { SqliteConnection, SqliteDriver } from './driver';
import { installedPackage, loadedPackage, majorOf, type Surroundings } from './package-driver';

type Database = new (file: string) => SqliteConnection;

/**
 * Returns the driver for the package better-sqlite3.
 * @throws SqliteDriverMissingError when it is not installed, does not fit this Node, or does not load
 */
export function betterSqlite3({ folders, nodeVersion = process.versions.node }: Surroundings = {}): SqliteDriver {
  const install = `npm install better-sqlite3@${majorOf(nodeVersion) < 22 ? 12 : 13}`;
  const installed = installedPackage('better-sqlite3', folders);
  if (!installed)
    throw new SqliteDriverMissingError([`The package better-sqlite3 is not installed. Install it: ${install}`]);
  const { version } = installed;
  // It would not throw: opening a database would crash the process.
  if (majorOf(version) >= 13 && majorOf(nodeVersion) < 22) {
    throw new SqliteDriverMissingError([
      `better-sqlite3 ${version} needs Node 22, this is ${nodeVersion}. Install an older one: ${install}`,
    ]);
  }
  const advice = `Build it for this Node (${process.versions.node}): npm rebuild better-sqlite3`;
  const Library = loadedPackage<Database>(installed, advice, Library => void new Library(':memory:').close());
  return { name: 'better-sqlite3', open: file => new Library(file) };
}

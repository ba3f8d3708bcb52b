import { SqliteDriverMissingError } from '../errors';
import type { SqliteConnection, SqliteDriver } from './driver';

type DatabaseSync = new (file: string) => SqliteConnection;

const OLDEST = [22, 13] as const;

/** Returns the driver for Node's own SQLite. @throws SqliteDriverMissingError before Node 22.13 */
export function nodeSqlite(nodeVersion: string = process.versions.node): SqliteDriver {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const found = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  // Not with require(): bundlers and test runners may not know the module.
  const library = found
    ? (process.getBuiltinModule('node:sqlite') as { DatabaseSync?: DatabaseSync } | undefined)
    : undefined;
  const Database = library?.DatabaseSync;
  if (!Database)
    throw new SqliteDriverMissingError([
      `node:sqlite comes with Node ${OLDEST.join('.')} and later, this is ${nodeVersion}.`,
    ]);
  return { name: 'node:sqlite', open: file => new Database(file) };
}

import { SqliteDriverMissingError } from '../errors';
import { betterSqlite3 } from './better-sqlite3';
import type { SqliteDriver } from './driver';
import { nodeSqlite } from './node-sqlite';
import { photostructureSqlite } from './photostructure-sqlite';

/** The drivers that come with the package, the preferred one first: Node's own, then the faster one. */
export const DRIVERS = ['node:sqlite', 'better-sqlite3', '@photostructure/sqlite'] as const;

/** The name of a driver that comes with the package. */
export type SqliteDriverName = (typeof DRIVERS)[number];

const loaders: Readonly<Record<SqliteDriverName, () => SqliteDriver>> = {
  'node:sqlite': nodeSqlite,
  'better-sqlite3': betterSqlite3,
  '@photostructure/sqlite': photostructureSqlite,
};

/**
 * Returns the requested driver, or else the first that this process can use.
 * @throws SqliteDriverMissingError with the reason for each driver that was tried
 */
export function loadDriver(wanted?: SqliteDriverName | SqliteDriver): SqliteDriver {
  if (typeof wanted === 'object') return wanted;
  const reasons: string[] = [];
  for (const name of wanted ? [wanted] : DRIVERS) {
    try {
      return loaders[name]();
    } catch (error) {
      if (!(error instanceof SqliteDriverMissingError)) throw error;
      reasons.push(...error.reasons);
    }
  }
  throw new SqliteDriverMissingError(reasons);
}

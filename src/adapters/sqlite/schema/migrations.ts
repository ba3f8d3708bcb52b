import type { SqliteConnection } from '../connection/driver';
import { inTransaction, rollBack } from '../connection/in-transaction';
import { SqliteFileForeignError, SqliteFileNewerError } from '../errors';
import {
  COMMAND_TABLE,
  DEAD_LETTER_TABLE,
  EVENT_TABLES,
  PROCESS_TABLES,
  READ_MODEL_TABLES,
  SEGMENT_TABLES,
  SNAPSHOT_TABLE,
} from './tables';

/** 'EVNT': marks a file as an event store, also for the command `file`. */
export const APPLICATION_ID = 0x45564e54;

/**
 * The steps from an empty file to the current schema; a step leads to the version of its place in the list. A released
 * step is never changed: add another one.
 */
export const MIGRATIONS: readonly string[] = [
  [
    EVENT_TABLES,
    SNAPSHOT_TABLE,
    COMMAND_TABLE,
    READ_MODEL_TABLES,
    SEGMENT_TABLES,
    DEAD_LETTER_TABLE,
    PROCESS_TABLES,
  ].join('\n'),
];

/**
 * Refuses a file that this version of the package must not touch, without changing it. Returns whether its schema is
 * current.
 * @throws SqliteFileForeignError, SqliteFileNewerError
 */
export function checkSchema(connection: SqliteConnection, file: string): boolean {
  // In one read transaction: another process may be creating the file.
  const version = inTransaction(connection, 'begin', () => schemaVersion(connection, file, MIGRATIONS.length));
  return version === MIGRATIONS.length;
}

/**
 * Brings the file to the current schema, inside the lock, so that several processes can start at once. Leaves a current
 * file unchanged.
 */
export function migrate(connection: SqliteConnection, file: string, steps: readonly string[] = MIGRATIONS): void {
  connection.exec('begin immediate');
  try {
    const version = schemaVersion(connection, file, steps.length);
    for (const step of steps.slice(version)) connection.exec(step);
    // Also if nothing has changed: in a read-only file the transaction begins, and only its first write fails.
    connection.exec(`pragma application_id = ${APPLICATION_ID}; pragma user_version = ${steps.length}`);
    if (version < steps.length) connection.exec('commit');
  } finally {
    // No effect after the commit.
    rollBack(connection);
  }
}

function schemaVersion(connection: SqliteConnection, file: string, known: number): number {
  const version = pragma(connection, 'user_version');
  if (pragma(connection, 'application_id') === APPLICATION_ID) {
    if (version > known) throw new SqliteFileNewerError(file, version, known);
  } else if (version !== 0 || connection.prepare('select 1 from sqlite_schema').get() !== undefined) {
    throw new SqliteFileForeignError(file);
  }
  return version;
}

const pragma = (connection: SqliteConnection, name: string): number =>
  (connection.prepare(`pragma ${name}`).get() as Record<string, number>)[name]!;

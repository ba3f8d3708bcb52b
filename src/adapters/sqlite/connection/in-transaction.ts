import type { SqliteConnection, SqliteStatement } from './driver';

/** Does all of some work at one moment of the file, or none of it. */
export function inTransaction<T>(connection: SqliteConnection, begin: 'begin' | 'begin immediate', work: () => T): T {
  connection.exec(begin);
  return kept(connection, work, () => connection.exec('commit'));
}

/** As {@link inTransaction}, by prepared statements: for what is written all the time. */
export function inPreparedTransaction<T>(
  connection: SqliteConnection,
  { begin, commit }: { readonly begin: SqliteStatement; readonly commit: SqliteStatement },
  work: () => T,
): T {
  begin.run();
  return kept(connection, work, () => commit.run());
}

function kept<T>(connection: SqliteConnection, work: () => T, commit: () => unknown): T {
  try {
    const result = work();
    commit();
    return result;
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

/** Ends a transaction that failed. Some failures have ended it already. */
export function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec('rollback');
  } catch {
    // What made the transaction fail is what the caller must hear.
  }
}

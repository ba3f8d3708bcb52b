import type { SqliteConnection, SqliteStatement } from './driver';

/** Runs work in one transaction: all of it or none. */
export function inTransaction<T>(connection: SqliteConnection, begin: 'begin' | 'begin immediate', work: () => T): T {
  connection.exec(begin);
  return kept(connection, work, () => connection.exec('commit'));
}

/** As {@link inTransaction}, with prepared statements: for frequent writes. */
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

/** Ends a transaction that failed. SQLite has already ended it after some failures. */
export function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec('rollback');
  } catch {
    // What made the transaction fail is what the caller must hear.
  }
}

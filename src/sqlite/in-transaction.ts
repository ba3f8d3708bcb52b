import type { SqliteConnection } from './driver';
import { rollBack } from './migrations';

/** Does all of some work at one moment of the file, or none of it. */
export function inTransaction<T>(connection: SqliteConnection, begin: 'begin' | 'begin immediate', work: () => T): T {
  connection.exec(begin);
  try {
    const result = work();
    connection.exec('commit');
    return result;
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

import { rollBack } from '../schema/migrations';
import type { SqliteConnection } from './driver';

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

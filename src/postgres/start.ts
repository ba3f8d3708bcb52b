import { type Database, statement } from './database';
import { PostgresIsolationError, PostgresReplicaError } from './errors';
import { migrate } from './migrate';

const HONEST = ['read committed', 'read uncommitted'];

/**
 * Makes sure that a store can work here: on a primary, in an isolation that keeps the order, on a schema that it knows.
 * @throws PostgresUnreachableError, PostgresReplicaError, PostgresIsolationError, PostgresSchemaOutdatedError, PostgresSchemaNewerError
 */
export async function checkedStart(database: Database): Promise<void> {
  const question = `select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on', current_setting('transaction_isolation')`;
  const [row] = await database.ask(statement(question), []);
  if (row![0] === 't') throw new PostgresReplicaError();
  if (!HONEST.includes(row![1]!)) throw new PostgresIsolationError(row![1]!);
  await migrate(database);
}

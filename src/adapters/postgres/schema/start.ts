import type { Database } from '../connection/database';
import { statement } from '../connection/statement';
import { PostgresEncodingError, PostgresIsolationError, PostgresReplicaError } from '../errors';
import { migrate } from './migrate';
import { checkPositions } from './positions';

const SERVER = statement(
  `select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on', current_setting('transaction_isolation'), current_setting('server_encoding')`,
);
const HONEST = ['read committed', 'read uncommitted'];

/**
 * Makes sure that a store can work here: on a primary, with an isolation that keeps the order and an encoding for every
 * text, on a known schema, with positions that come after all events.
 * @throws PostgresUnreachableError, PostgresReplicaError, PostgresIsolationError, PostgresEncodingError,
 * PostgresSchemaOutdatedError, PostgresSchemaNewerError, PostgresPositionsError
 */
export async function checkedStart(database: Database): Promise<void> {
  const [row] = await database.askOnce(SERVER, []);
  const [isReadOnly, isolation, encoding] = row!;
  if (isReadOnly === 't') throw new PostgresReplicaError();
  if (!HONEST.includes(isolation!)) throw new PostgresIsolationError(isolation!);
  if (encoding !== 'UTF8') throw new PostgresEncodingError(encoding!);
  await migrate(database);
  await checkPositions(database);
  database.checked = database.settings.migrate !== 'off';
}

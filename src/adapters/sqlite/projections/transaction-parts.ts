import type { Clock } from '../../../messages';
import { AppendWriter } from '../append/append-writer';
import { CommandRecords } from '../append/command-records';
import type { SqliteConnection } from '../connection/driver';
import { prepareStatements, type Statements } from '../read/statements';
import { ProjectionRecords } from './projection-records';

/** The prepared statements of a connection for transactions. */
export interface TransactionParts {
  readonly connection: SqliteConnection;
  readonly statements: Statements;
  readonly writer: AppendWriter;
  readonly records: ProjectionRecords;
}

export function transactionParts(connection: SqliteConnection, clock: Clock): TransactionParts {
  const statements = prepareStatements(connection);
  const writer = new AppendWriter(connection, statements, new CommandRecords(connection, statements, clock), clock);
  return { connection, statements, writer, records: new ProjectionRecords(connection, clock) };
}

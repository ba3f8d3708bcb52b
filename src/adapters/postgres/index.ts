export type { PostgresClient, PostgresPool, PostgresPoolClient, PostgresQuery } from './connection/driver';
export type { Migrate, PostgresOptions, PostgresSchemaOptions } from './connection/options';
export { PostgresTransaction } from './connection/postgres-transaction';
export {
  PostgresDriverMissingError,
  PostgresEncodingError,
  PostgresIsolationError,
  PostgresOptionsError,
  PostgresPositionsError,
  PostgresReplicaError,
  PostgresSchemaNewerError,
  PostgresSchemaOutdatedError,
  PostgresTransactionError,
  PostgresUnreachableError,
} from './errors';
export { postgres } from './postgres';
export { PostgresEventStore } from './postgres-event-store';
export { migrationSql } from './schema/migrate';

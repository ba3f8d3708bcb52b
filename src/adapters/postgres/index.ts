export type { PostgresClient, PostgresPool, PostgresPoolClient, PostgresQuery } from './connection/driver';
export type { Migrate, PostgresOptions, PostgresSchemaOptions } from './connection/options';
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
export { PostgresTransaction } from './postgres-transaction';
export { migrationSql } from './schema/migrate';

export type { PostgresClient, PostgresPool, PostgresPoolClient, PostgresQuery } from './driver';
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
export { migrationSql } from './migrate';
export type { Migrate, PostgresOptions, PostgresSchemaOptions } from './options';
export { postgres } from './postgres';
export { PostgresEventStore } from './postgres-event-store';
export { PostgresTransaction } from './postgres-transaction';

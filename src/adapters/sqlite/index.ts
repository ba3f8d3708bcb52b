export type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from './connection/driver';
export type { SqliteDriverName } from './connection/load-driver';
export type { SqliteOptions } from './connection/options';
export {
  SqliteAsyncWorkError,
  SqliteDriverMissingError,
  SqliteFailureError,
  SqliteFileDamagedError,
  SqliteFileForeignError,
  SqliteFileLockedError,
  SqliteFileNewerError,
  SqliteFileReadOnlyError,
  SqliteFileUnavailableError,
  SqliteOptionsError,
} from './errors';
export { SqliteEventStore, sqlite } from './sqlite-event-store';

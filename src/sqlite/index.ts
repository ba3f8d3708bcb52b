export type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from './driver';
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
export type { SqliteDriverName } from './load-driver';
export type { SqliteOptions } from './options';
export { SqliteEventStore, sqlite } from './sqlite-event-store';

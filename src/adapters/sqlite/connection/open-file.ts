import { existsSync } from 'node:fs';
import { SqliteFileUnavailableError } from '../errors';
import { checkSchema, migrate } from '../schema/migrations';
import type { SqliteConnection, SqliteDriver } from './driver';
import { failureOf } from './failures';
import { IN_MEMORY, type SqliteSettings } from './options';
import { isLocked, resultCode } from './result-code';
import { whenUnlockedBlocking } from './retry';

// The indexes of a large store are read at random places. With SQLite's default of two megabytes, their pages would be
// read from the disk again and again.
const CACHE_KIBIBYTES = 32 * 1024;
// Pages that change often are copied to the database file only once. SQLite's default of 1,000 costs a fifth of the
// throughput.
const CHECKPOINT_PAGES = 4000;
// The size to which the write-ahead log is truncated when it restarts. It is larger than the log of a store that
// checkpoints in time, so truncation happens only after a reader has prevented that.
const LOG_BYTES = 24 * 1024 * 1024;

/**
 * Opens the file, sets it up for several processes, and brings its schema up to date. @throws one of the errors of this
 * folder
 */
export function openFile(driver: SqliteDriver, settings: SqliteSettings): SqliteConnection {
  const connection = opened(driver, settings);
  try {
    setUp(connection, settings);
    return connection;
  } catch (error) {
    connection.close();
    throw failureOf(error, settings);
  }
}

/** Opens another connection to a file that this process has set up. @throws one of the errors of this folder */
export function openAgain(driver: SqliteDriver, settings: SqliteSettings): SqliteConnection {
  const connection = opened(driver, settings);
  try {
    connection.exec('pragma busy_timeout = 0');
    tune(connection, settings);
    return connection;
  } catch (error) {
    connection.close();
    throw failureOf(error, settings);
  }
}

function opened(driver: SqliteDriver, settings: SqliteSettings): SqliteConnection {
  const { file, create } = settings;
  if (!create && file !== IN_MEMORY && !existsSync(file))
    throw new SqliteFileUnavailableError(file, 'there is no such file, and `create` is false');
  try {
    return driver.open(file);
  } catch (error) {
    // A driver may check the path itself, and report it in its own words.
    if (resultCode(error) === undefined) throw new SqliteFileUnavailableError(file, error);
    throw failureOf(error, settings);
  }
}

function setUp(connection: SqliteConnection, settings: SqliteSettings): void {
  const { file, busyTimeout } = settings;
  connection.exec(`pragma busy_timeout = ${busyTimeout}`);
  const isCurrent = whenUnlockedBlocking(busyTimeout, () => checkSchema(connection, file));
  if (file !== IN_MEMORY) whenUnlockedBlocking(busyTimeout, () => writeAhead(connection, file));
  tune(connection, settings);
  if (!isCurrent) whenUnlockedBlocking(busyTimeout, () => migrate(connection, file));
  // Waiting inside SQLite would block the event loop: from now on a locked file is an error, and retried.
  connection.exec('pragma busy_timeout = 0');
  if (isCurrent) checkWritable(connection, file);
}

/**
 * Refuses a file that cannot be written. Does not wait for the lock, because processes that write constantly could keep
 * it from this one. A lock held by another process shows that the file is writable.
 */
function checkWritable(connection: SqliteConnection, file: string): void {
  try {
    migrate(connection, file);
  } catch (error) {
    if (!isLocked(error)) throw error;
  }
}

function tune(connection: SqliteConnection, { synchronous }: SqliteSettings): void {
  const log = `pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}; pragma journal_size_limit = ${LOG_BYTES}`;
  connection.exec(`pragma synchronous = ${synchronous}; pragma cache_size = -${CACHE_KIBIBYTES}; ${log}`);
}

function writeAhead(connection: SqliteConnection, file: string): void {
  const { journal_mode: mode } = connection.prepare('pragma journal_mode = wal').get() as { journal_mode: string };
  if (mode !== 'wal')
    throw new SqliteFileUnavailableError(file, `its file system has no write-ahead log (journal mode '${mode}')`);
}

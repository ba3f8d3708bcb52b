import { SqliteFileUnavailableError } from '../errors';
import { checkSchema, migrate } from '../schema/migrations';
import type { SqliteConnection, SqliteDriver } from './driver';
import { failureOf } from './failures';
import { IN_MEMORY, type SqliteSettings } from './options';
import { isLocked, resultCode } from './result-code';
import { whenUnlockedBlocking } from './retry';

// The indices of a large store are looked up at random places: two megabytes, SQLite's default, would be read from the
// disk again and again.
const CACHE_KIBIBYTES = 32 * 1024;
// Pages that are written again and again go to the file once. 1,000, SQLite's default, costs a fifth of the throughput.
const CHECKPOINT_PAGES = 4000;
// To so many bytes the write-ahead log is cut when it is begun anew: more than it has when it is emptied in time, so
// that this happens only after a reader has kept it from being emptied.
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

/** Opens a file another time that this process has set up. @throws one of the errors of this folder */
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
  try {
    return driver.open(settings.file);
  } catch (error) {
    // A driver may look at the path itself, and complain in its own words.
    if (resultCode(error) === undefined) throw new SqliteFileUnavailableError(settings.file, error);
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
  // Waiting inside SQLite would block the whole process: from now on a locked file is an error, and retried.
  connection.exec('pragma busy_timeout = 0');
  if (isCurrent) checkWritable(connection, file);
}

/**
 * Refuses a file that cannot be written. Does not wait for the lock: processes that write all the time get it again and
 * again, and one that is just being opened might wait in vain. That another one has it shows that the file can be
 * written.
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

import { EventualityError } from '../../../messages';
import {
  SqliteFailureError,
  SqliteFileDamagedError,
  SqliteFileLockedError,
  SqliteFileReadOnlyError,
  SqliteFileUnavailableError,
} from '../errors';
import { isLocked, resultCode } from './result-code';

/**
 * Says what an error of SQLite means for a file. What is none of SQLite's is returned as it is: a clock or a query of
 * the user's, say, has thrown it.
 */
export function failureOf(error: unknown, { file, busyTimeout }: { file: string; busyTimeout: number }): unknown {
  if (EventualityError.is(error)) return error;
  if (isLocked(error)) return new SqliteFileLockedError(file, busyTimeout, error);
  const code = resultCode(error);
  if (code === undefined) return error;
  switch (code) {
    case 'SQLITE_READONLY':
      return new SqliteFileReadOnlyError(file, error);
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return new SqliteFileDamagedError(file, error);
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return new SqliteFileUnavailableError(file, error);
    default:
      return new SqliteFailureError(file, code, error);
  }
}

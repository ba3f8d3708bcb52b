import { EventualityError, errorMessage } from '../../../messages';
import { StoreGoneError } from '../../../store';
import {
  SqliteFailureError,
  SqliteFileDamagedError,
  SqliteFileLockedError,
  SqliteFileReadOnlyError,
  SqliteFileUnavailableError,
} from '../errors';
import { MIGRATIONS } from '../schema/migrations';
import { isLocked, resultCode } from './result-code';

/** The tables of a store; tables of the user's own work are not among them. */
const TABLES = Array.from(MIGRATIONS.join('\n').matchAll(/create table (\w+)/g), ([, table]) => table);
const MISSING = new RegExp(`^no such table: (main\\.)?(${TABLES.join('|')})$`);

/**
 * Translates an error of SQLite for a file. Other errors, such as those of a user's clock or query, are returned as
 * they are.
 */
export function failureOf(error: unknown, { file, busyTimeout }: { file: string; busyTimeout: number }): unknown {
  if (EventualityError.is(error)) return error;
  if (isLocked(error)) return new SqliteFileLockedError(file, busyTimeout, error);
  if (isTableMissing(error)) return new StoreGoneError(file, error);
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

/** A driver may report no result code when it prepares a statement again. */
const isTableMissing = (error: unknown): boolean =>
  /SQLITE/.test(String((error as { code?: unknown } | null)?.code)) && MISSING.test(errorMessage(error));

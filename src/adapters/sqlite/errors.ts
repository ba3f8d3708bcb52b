import { EventualityError, errorMessage, listed } from '../../messages';

/**
 * Returns the first line of an error's message. Does not check the class: a driver's errors may be of another realm.
 */
export function reasonOf(cause: unknown): string {
  return errorMessage(cause).split('\n', 1)[0]!;
}

/** Thrown when the file name or the options of `sqlite(...)` are invalid; `faults` lists all mistakes. */
export class SqliteOptionsError extends EventualityError {
  readonly code = 'SQLITE_OPTIONS';

  constructor(readonly faults: readonly string[]) {
    super(`The options of sqlite(...) were refused: ${listed(faults)}`);
  }
}

/** Thrown when no SQLite library can be loaded; `reasons` says why, for each that was tried. */
export class SqliteDriverMissingError extends EventualityError {
  readonly code = 'SQLITE_DRIVER_MISSING';

  constructor(
    readonly reasons: readonly string[],
    cause?: unknown,
  ) {
    super(`SQLite cannot be used: ${listed(reasons)}`, { cause });
  }
}

/**
 * Thrown when another process held the lock on the file for longer than `busyTimeout`. Nothing was written: try again.
 */
export class SqliteFileLockedError extends EventualityError {
  readonly code = 'SQLITE_FILE_LOCKED';

  constructor(
    readonly file: string,
    busyTimeout: number,
    cause: unknown,
  ) {
    super(
      `'${file}' is locked: another connection has held the lock for ${busyTimeout} ms. ` +
        `End the program that holds a transaction open (a database shell, a backup), or raise busyTimeout, then try again.`,
      { cause },
    );
  }
}

/** Thrown when the file cannot be written to. */
export class SqliteFileReadOnlyError extends EventualityError {
  readonly code = 'SQLITE_FILE_READ_ONLY';

  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(
      `'${file}' is read-only. Allow this process to write to the file and to its folder (SQLite keeps two more files beside it).`,
      {
        cause,
      },
    );
  }
}

/** Thrown when the file is not a SQLite database, or is damaged. */
export class SqliteFileDamagedError extends EventualityError {
  readonly code = 'SQLITE_FILE_DAMAGED';

  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(
      `'${file}' is damaged, or not a SQLite database: ${reasonOf(cause)}. Restore it from a backup, or use another file.`,
      { cause },
    );
  }
}

/** Thrown when the file is a SQLite database of another program. It was not changed. */
export class SqliteFileForeignError extends EventualityError {
  readonly code = 'SQLITE_FILE_FOREIGN';

  constructor(readonly file: string) {
    super(`'${file}' is a SQLite database, but not an event store. Pass another file to sqlite(...).`);
  }
}

/** Thrown when the file was created by a newer version of the package. It was not changed. */
export class SqliteFileNewerError extends EventualityError {
  readonly code = 'SQLITE_FILE_NEWER';

  constructor(
    readonly file: string,
    readonly found: number,
    readonly known: number,
  ) {
    super(`'${file}' has schema version ${found}, this version of eventuality knows ${known}. Update the package.`);
  }
}

/** Thrown when the file cannot be opened: its folder is missing, it is a folder, or it is not readable. */
export class SqliteFileUnavailableError extends EventualityError {
  readonly code = 'SQLITE_FILE_UNAVAILABLE';

  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(
      `'${file}' cannot be opened: ${reasonOf(cause)}. ` +
        `Its folder must exist, on a local disk, and this process must be allowed to write to it.`,
      { cause },
    );
  }
}

/** Thrown when your own work in the transaction of a commit returns a promise. The commit was rolled back. */
export class SqliteAsyncWorkError extends EventualityError {
  readonly code = 'SQLITE_ASYNC_WORK';

  constructor() {
    super(
      'The work in the transaction returned a promise. On SQLite it must be synchronous: call the driver without await and return nothing.',
    );
  }
}

/** Thrown when SQLite fails for another reason, such as a full disk. Nothing was appended. */
export class SqliteFailureError extends EventualityError {
  readonly code = 'SQLITE_FAILURE';

  constructor(
    readonly file: string,
    /** SQLite's result code, such as `SQLITE_FULL`. */
    readonly resultCode: string,
    cause: unknown,
  ) {
    super(`SQLite failed on '${file}': ${reasonOf(cause)} (${resultCode}). Check the disk, then open the file again.`, {
      cause,
    });
  }
}

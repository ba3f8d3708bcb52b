/** What can be bound to a parameter of a statement. */
export type SqliteValue = string | number | bigint | null;

/** A prepared statement. */
export interface SqliteStatement {
  /** Runs a statement that returns no rows. */
  run(...values: SqliteValue[]): unknown;
  /** Returns the first row, or undefined. */
  get(...values: SqliteValue[]): unknown;
  /** Returns all rows. */
  all(...values: SqliteValue[]): unknown[];
  /** Makes `get` and `all` return lists of values instead of objects, as in better-sqlite3. */
  raw?(isOn: boolean): unknown;
  /** The same in `node:sqlite`. */
  setReturnArrays?(isOn: boolean): unknown;
}

/** One connection to one file. All its calls are synchronous. */
export interface SqliteConnection {
  /** Runs SQL that returns no rows; several statements are separated by semicolons. */
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/**
 * What the store needs of a SQLite library. Integers are returned as numbers.
 *
 * Its errors carry SQLite's result code in one of two ways: `code` is its name (`'SQLITE_BUSY'`, as in better-sqlite3),
 * or `errcode` is its number (5, as in `node:sqlite` and `@photostructure/sqlite`).
 */
export interface SqliteDriver {
  readonly name: string;
  /** Opens a file for reading and writing, and creates it if it is missing. `:memory:` is a database without a file. */
  open(file: string): SqliteConnection;
}

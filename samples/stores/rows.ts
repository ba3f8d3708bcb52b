/** A row that was written, with its table and key; one that is null was deleted. */
export type Change = readonly [table: string, key: string, value: unknown];

/** The rows of one table, by key. */
type Table = ReadonlyMap<string, unknown>;

/** Tables of rows, all of which are plain data. */
export class Tables {
  readonly #tables = new Map<string, Map<string, unknown>>();

  of(table: string): Table {
    return this.#tables.get(table) ?? new Map();
  }

  take([table, key, value]: Change): void {
    const rows = this.#tables.get(table) ?? new Map<string, unknown>();
    this.#tables.set(table, rows);
    if (value === null) rows.delete(key);
    else rows.set(key, value);
    if (rows.size === 0) this.#tables.delete(table);
  }
}

/** Tables as one transaction sees them: with its own changes, which nothing else sees before they are kept. */
export class Rows {
  readonly changes: Change[] = [];
  readonly #changed = new Map<string, Map<string, unknown>>();

  constructor(private readonly tables: Tables) {}

  get<T>(table: string, key: string | number): T | undefined {
    return this.all<T>(table).get(String(key));
  }

  all<T>(table: string): ReadonlyMap<string, T> {
    return (this.#changed.get(table) ?? this.tables.of(table)) as ReadonlyMap<string, T>;
  }

  /** Writes a row; null deletes it. */
  set(table: string, key: string | number, value: unknown): void {
    const rows = this.#changed.get(table) ?? new Map(this.tables.of(table));
    this.#changed.set(table, rows);
    this.changes.push([table, String(key), value]);
    if (value === null) rows.delete(String(key));
    else rows.set(String(key), value);
  }

  clear(table: string): void {
    for (const key of [...this.all(table).keys()]) this.set(table, key, null);
  }
}

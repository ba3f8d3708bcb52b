import { MAX_INDEXES } from '../projections/projection-checks';
import type { ResolvedQuery } from './document-query';

/** How a dialect of SQL binds values. */
export interface DocumentDialect {
  /** Returns the placeholder of a value, in the order of the calls. */
  bind(value: string | number): string;
  /** Returns a condition: the column is one of the keys. */
  among(column: string, keys: readonly string[]): string;
}

/** The columns that hold the keys, in the order of the indexes. */
export const KEY_COLUMNS: readonly string[] = Array.from({ length: MAX_INDEXES }, (_, index) => `key${index + 1}`);

/**
 * Returns a query as the end of an SQL statement, from the first condition to the limit, for a table with the columns
 * `id`, `key1`, `key2` and so on. It requests one document more than the limit, to find out whether there is a next
 * page.
 */
export function documentConditions(
  { filters, order, descending, limit, after }: ResolvedQuery,
  dialect: DocumentDialect,
): string {
  const conditions = filters.map(({ index, keys }) =>
    keys.length === 1 ? `${KEY_COLUMNS[index]} = ${dialect.bind(keys[0]!)}` : dialect.among(KEY_COLUMNS[index]!, keys),
  );
  const columns = order === undefined ? ['id'] : [KEY_COLUMNS[order]!, 'id'];
  // No key of an index is null; saying so lets the database use the partial index.
  if (order !== undefined) conditions.push(`${KEY_COLUMNS[order]} is not null`);
  if (after) {
    const place = (order === undefined ? [after.id] : [after.key, after.id]).map(value => dialect.bind(value));
    conditions.push(`(${columns.join(', ')}) ${descending ? '<' : '>'} (${place.join(', ')})`);
  }
  const direction = descending ? ' desc' : '';
  const ordered = columns.map(column => column + direction).join(', ');
  return `${conditions.map(condition => ` and ${condition}`).join('')} order by ${ordered} limit ${dialect.bind(limit + 1)}`;
}

const MAX_SHAPES = 200;

/** Caches results by the text of a query, so that queries of one shape share them. */
export class QueryShapes<Made> {
  readonly #byText = new Map<string, Made>();

  constructor(private readonly make: (text: string) => Made) {}

  of(text: string): Made {
    let made = this.#byText.get(text);
    if (made === undefined) {
      // Queries come from code, so there are few shapes; the limit protects memory if they do not.
      if (this.#byText.size >= MAX_SHAPES) this.#byText.clear();
      made = this.make(text);
      this.#byText.set(text, made);
    }
    return made;
  }
}

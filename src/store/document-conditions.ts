import type { ResolvedQuery } from './document-query';

/** How a dialect of SQL takes values. */
export interface DocumentDialect {
  /** Returns the placeholder of a value, in the order of the calls. */
  bind(value: string | number): string;
  /** Returns a condition: the column is one of the keys. */
  among(column: string, keys: readonly string[]): string;
}

/** The column that holds the key of the index at a place. */
export const keyColumn = (index: number): string => `key${index + 1}`;

/**
 * Returns a query as the end of an SQL statement: ` and ... order by ... limit ...`, for a table with the columns `id`, `key1`, `key2` and so
 * on. One document more than the limit is asked for: it tells that there is a next page.
 */
export function documentConditions({ filters, order, descending, limit, after }: ResolvedQuery, dialect: DocumentDialect): string {
  const conditions = filters.map(({ index, keys }) =>
    keys.length === 1 ? `${keyColumn(index)} = ${dialect.bind(keys[0]!)}` : dialect.among(keyColumn(index), keys),
  );
  const columns = order === undefined ? ['id'] : [keyColumn(order), 'id'];
  // No key of an index is null; saying so lets the database use the partial index.
  if (order !== undefined) conditions.push(`${keyColumn(order)} is not null`);
  if (after) {
    const place = (order === undefined ? [after.id] : [after.key, after.id]).map(value => dialect.bind(value));
    conditions.push(`(${columns.join(', ')}) ${descending ? '<' : '>'} (${place.join(', ')})`);
  }
  const direction = descending ? ' desc' : '';
  const ordered = columns.map(column => column + direction).join(', ');
  return `${conditions.map(condition => ` and ${condition}`).join('')} order by ${ordered} limit ${dialect.bind(limit + 1)}`;
}

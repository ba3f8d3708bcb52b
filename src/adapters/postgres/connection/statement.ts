import { createHash } from 'node:crypto';
import type { PostgresQuery } from './driver';

/** A query that is asked again and again. */
export interface Statement {
  readonly text: string;
  /** The name under which connections keep it, and its plan; undefined: it is planned for its values each time. */
  readonly name: string | undefined;
}

/** A row as it came: texts, and null. */
export type Row = readonly (string | null)[];

/** Asks the database, on whatever connection and with whatever care. */
export type Ask = (statement: Statement, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Makes a statement. Its name comes from its text, because stores of several schemas may share a pool. */
export const statement = (text: string): Statement => ({
  text,
  name: `eventuality_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`,
});

/** Makes a statement of which no plan is kept. */
export const plannedAnew = (text: string): Statement => ({ text, name: undefined });

// Parsers that the user registered with the driver must not change what is read here.
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** How a statement is sent. */
export interface QueryOptions {
  /** Whether connections keep named statements. */
  readonly prepared: boolean;
  /** Milliseconds after which an unanswered query fails. */
  readonly timeout?: number | undefined;
}

/** Makes the query of the driver. */
export const queryOf = (
  { text, name }: Statement,
  values: readonly unknown[],
  { prepared, timeout }: QueryOptions,
): PostgresQuery => ({
  ...{ text, values: values as unknown[], rowMode: 'array', types: AS_TEXT },
  ...(prepared && name !== undefined && { name }),
  ...(timeout !== undefined && { query_timeout: timeout }),
});

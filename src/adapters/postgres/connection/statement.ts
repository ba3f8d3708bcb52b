import { createHash } from 'node:crypto';
import type { PostgresQuery } from './driver';

/** A query that is run repeatedly. */
export interface Statement {
  readonly text: string;
  /** The name under which connections keep it with its plan; undefined if it is planned for its values each time. */
  readonly name: string | undefined;
}

/** A raw row: texts and nulls. */
export type Row = readonly (string | null)[];

/** Runs a query; the implementation chooses the connection and the retries. */
export type Ask = (statement: Statement, values: readonly unknown[]) => Promise<readonly Row[]>;

/** Creates a statement. Its name is derived from its text, because stores of several schemas may share a pool. */
export const statement = (text: string): Statement => ({
  text,
  name: `eventuality_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`,
});

/** Creates a statement whose plan is not kept. */
export const plannedAnew = (text: string): Statement => ({ text, name: undefined });

// Type parsers that the user registered with the driver must not affect these rows.
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** How to send a statement. */
export interface QueryOptions {
  /** Whether connections keep named statements. */
  readonly prepared: boolean;
  /** Milliseconds after which an unanswered query fails. */
  readonly timeout?: number | undefined;
}

/** Creates the driver's query. */
export const queryOf = (
  { text, name }: Statement,
  values: readonly unknown[],
  { prepared, timeout }: QueryOptions,
): PostgresQuery => ({
  text,
  ...{ values: values as unknown[], rowMode: 'array', types: AS_TEXT },
  ...(prepared && name !== undefined && { name }),
  ...(timeout !== undefined && { query_timeout: timeout }),
});

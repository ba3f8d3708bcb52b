import { createHash } from 'node:crypto';
import type { PostgresClient, PostgresPool, PostgresQuery } from './driver';
import { translated } from './failures';
import { NEWEST } from './migrations';
import type { PostgresSettings } from './options';
import { retried } from './retry';

/** A query that is asked again and again. */
export interface Statement {
  readonly text: string;
  readonly name: string;
}

/** A row as it came: texts, and null. */
export type Row = readonly (string | null)[];

/** Makes a statement. Its name comes from its text, because stores of several schemas may share a pool. */
export const statement = (text: string): Statement => ({
  text,
  name: `eventuality_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`,
});

// Parsers that the user registered with the driver must not change what is read here.
const AS_TEXT = { getTypeParser: () => (text: string) => text };

const ignore = (): void => {};

/** Asks the database, on any connection of the pool, and translates what goes wrong. */
export class Database {
  constructor(
    readonly pool: PostgresPool,
    readonly settings: PostgresSettings,
  ) {}

  /** Asks once. */
  async ask(statement: Statement, values: unknown[], timeout?: number): Promise<readonly Row[]> {
    try {
      return (await this.pool.query(this.#query(statement, values, timeout))).rows;
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** Asks until there is an answer: for what may happen twice without harm. */
  async askAgain(statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    return this.again(async () => (await this.pool.query(this.#query(statement, values))).rows);
  }

  /** Asks on a connection of the caller's. */
  async askOn(client: PostgresClient, statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    try {
      return await this.askOnRaw(client, statement, values);
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** Asks on a connection and lets what goes wrong through as it is. */
  async askOnRaw(client: PostgresClient, statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    return (await client.query(this.#query(statement, values))).rows;
  }

  /** Works in a transaction of its own, and lets what goes wrong through as it is; nothing was written then, unless the commit went wrong. */
  async transaction<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let failure: Error | undefined;
    // Without a listener a connection that is lost between two queries would end the process. The next query fails, that is enough.
    client.on?.('error', ignore);
    try {
      await client.query({ text: 'begin isolation level read committed' });
      const result = await work(client);
      await client.query({ text: 'commit' });
      return result;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      // A connection on which something failed is not used again: what it began ends with it.
      client.release(failure);
      if (!failure) client.removeListener?.('error', ignore);
    }
  }

  /** Runs work that asks the pool until it succeeds or fails for good; the work is told when it may have happened already. */
  async again<T>(work: (repeated: boolean) => Promise<T>): Promise<T> {
    try {
      return await retried(this.settings.retryFor, work);
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** Asks the pool once and lets what goes wrong through as it is; for {@link again}. */
  async askRaw(statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    return (await this.pool.query(this.#query(statement, values))).rows;
  }

  translated(error: unknown): unknown {
    return translated(error, this.settings.names.schema, NEWEST);
  }

  #query({ text, name }: Statement, values: unknown[], timeout?: number): PostgresQuery {
    return {
      ...{ text, values, rowMode: 'array', types: AS_TEXT },
      ...(this.settings.preparedStatements && { name }),
      ...(timeout !== undefined && { query_timeout: timeout }),
    };
  }
}

import { createHash } from 'node:crypto';
import { PostgresPositionsError } from '../errors';
import { NEWEST } from '../schema/migrations';
import { ClientCache } from './client-cache';
import type { PostgresClient, PostgresPool, PostgresQuery } from './driver';
import { translated } from './failures';
import { OpenTransaction } from './open-transaction';
import type { PostgresSettings } from './options';
import { retried } from './retry';

/** A query that is asked again and again. */
export interface Statement {
  readonly text: string;
  /** The name under which connections keep it, and its plan; undefined: it is planned for its values each time. */
  readonly name: string | undefined;
}

/** A row as it came: texts, and null. */
export type Row = readonly (string | null)[];

/** Makes a statement. Its name comes from its text, because stores of several schemas may share a pool. */
export const statement = (text: string): Statement => ({
  text,
  name: `eventuality_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`,
});

/** Makes a statement of which no plan is kept. */
export const plannedAnew = (text: string): Statement => ({ text, name: undefined });

// Parsers that the user registered with the driver must not change what is read here.
const AS_TEXT = { getTypeParser: () => (text: string) => text };

const FATE = statement('select txid_status($1::bigint)');

/** Asks the database, on any connection of the pool, and translates what goes wrong. */
export class Database {
  // Private fields: what is printed of a store must not hold the password, which a pool has in its options.
  readonly #pool: PostgresPool;
  readonly #settings: PostgresSettings;
  readonly #clients: ClientCache;
  readonly #misplaced: () => void;

  /** `misplaced` is called when the sequence of positions has turned out to be behind the events. */
  constructor(pool: PostgresPool, settings: PostgresSettings, misplaced: () => void) {
    this.#pool = pool;
    this.#settings = settings;
    this.#clients = new ClientCache(pool);
    this.#misplaced = misplaced;
  }

  get pool(): PostgresPool {
    return this.#pool;
  }

  get settings(): PostgresSettings {
    return this.#settings;
  }

  /** Asks once. */
  async ask(statement: Statement, values: unknown[], timeout?: number): Promise<readonly Row[]> {
    try {
      return (await this.#clients.query(this.#query(statement, values, timeout))).rows;
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** Asks until there is an answer: for what may happen twice without harm. */
  async askAgain(statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    return this.again(async () => (await this.#clients.query(this.#query(statement, values))).rows);
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

  /**
   * Works once in a transaction of its own, and lets what goes wrong through as it is; for {@link again}. Nothing was
   * written then, unless the database could not be asked what became of the commit: PostgresUnreachableError.
   */
  async transaction<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
    const { pool, settings } = this;
    const fate = async (id: string): Promise<string | null> => (await this.askAgain(FATE, [id]))[0]![0]!;
    const open = await OpenTransaction.begin({ pool, retryFor: settings.retryFor, fate });
    try {
      const result = await work(open.client);
      await open.commit();
      return result;
    } catch (error) {
      await open.rollBack(error);
      throw error;
    }
  }

  /**
   * Runs work that asks the pool until it succeeds or fails for good; the work is told when it may have happened
   * already.
   */
  async again<T>(work: (repeated: boolean) => Promise<T>): Promise<T> {
    try {
      return await retried(this.settings.retryFor, work);
    } catch (error) {
      throw this.translated(error);
    }
  }

  /** Asks the pool once and lets what goes wrong through as it is; for {@link again}. */
  async askRaw(statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    return (await this.#clients.query(this.#query(statement, values))).rows;
  }

  /** Gives the pool its clients back; asked again it borrows them anew. */
  giveBack(): void {
    this.#clients.giveBack();
  }

  translated(error: unknown): unknown {
    const result = translated(error, this.settings.names, NEWEST);
    if (result instanceof PostgresPositionsError) this.#misplaced();
    return result;
  }

  #query({ text, name }: Statement, values: unknown[], timeout?: number): PostgresQuery {
    return {
      ...{ text, values, rowMode: 'array', types: AS_TEXT },
      ...(this.settings.preparedStatements && name !== undefined && { name }),
      ...(timeout !== undefined && { query_timeout: timeout }),
    };
  }
}

import { StoreGoneError } from '../../../store';
import { PostgresPositionsError } from '../errors';
import { NEWEST } from '../schema/migrations';
import { Connection } from './connection';
import type { PostgresClient, PostgresPool } from './driver';
import { isMissing, translated } from './failures';
import { OpenTransaction } from './open-transaction';
import type { PostgresSettings } from './options';
import { retried } from './retry';
import { type Ask, queryOf, type Row, type Statement, statement } from './statement';

const FATE = statement('select txid_status($1::bigint)');

/** The only way to the database: on any connection of the pool, with retries, and with documented errors. */
export class Database {
  // Private fields, because printing a store must not print the password in the pool's options.
  readonly #pool: PostgresPool;
  readonly #settings: PostgresSettings;
  readonly #misplaced: () => void;
  /** True after the tables and functions were checked. */
  checked = false;

  /** `misplaced` is called when the sequence of positions is found to be behind the events. */
  constructor(pool: PostgresPool, settings: PostgresSettings, misplaced: () => void) {
    this.#pool = pool;
    this.#settings = settings;
    this.#misplaced = misplaced;
  }

  get pool(): PostgresPool {
    return this.#pool;
  }

  get settings(): PostgresSettings {
    return this.#settings;
  }

  /** Queries until there is an answer, for queries that may safely run twice. */
  readonly ask: Ask = (statement, values) => this.again(ask => ask(statement, values));

  /** Queries once; fails if there is no answer within `timeout` milliseconds. */
  askOnce(statement: Statement, values: readonly unknown[], timeout?: number): Promise<readonly Row[]> {
    return this.#translating(this.#query(this.#pool, statement, values, timeout));
  }

  /** Queries once, on a client of the caller's. */
  askOn(client: PostgresClient, statement: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#translating(this.#query(client, statement, values));
  }

  /**
   * Runs work that queries the pool until it succeeds or fails for good. The work is told whether an earlier attempt
   * may have taken effect.
   */
  again<T>(work: (ask: Ask, repeated: boolean) => Promise<T>): Promise<T> {
    const ask: Ask = (statement, values) => this.#query(this.#pool, statement, values);
    return this.#translating(retried(this.#settings.retryFor, repeated => work(ask, repeated)));
  }

  /**
   * Runs work in a transaction of its own, until it is committed or fails for good. Then nothing was written, unless
   * the outcome of the commit could not be determined: PostgresUnreachableError.
   */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.again(() => this.#transaction(work));
  }

  translated(error: unknown): unknown {
    const { names } = this.#settings;
    if (this.checked && isMissing(error)) return new StoreGoneError(names.schema, error);
    const result = translated(error, names, NEWEST);
    if (result instanceof PostgresPositionsError) this.#misplaced();
    return result;
  }

  async #transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const { retryFor, preparedStatements } = this.#settings;
    const fate = async (id: string): Promise<string | null> => (await this.ask(FATE, [id]))[0]![0]!;
    const open = await OpenTransaction.begin({ pool: this.#pool, retryFor, fate });
    try {
      const result = await work(new Connection(open.client, preparedStatements));
      await open.commit();
      return result;
    } catch (error) {
      await open.rollBack(error);
      throw error;
    }
  }

  async #query(
    target: PostgresPool | PostgresClient,
    statement: Statement,
    values: readonly unknown[],
    timeout?: number,
  ): Promise<readonly Row[]> {
    const prepared = this.#settings.preparedStatements;
    return (await target.query(queryOf(statement, values, { prepared, timeout }))).rows;
  }

  async #translating<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw this.translated(error);
    }
  }
}

import { PostgresUnreachableError } from '../errors';
import type { PostgresClient, PostgresPool } from './driver';
import { failureKind } from './failures';
import { borrow, type PooledClient } from './pooled-client';
import { FATE_INTERVAL_MS, sleep } from './retry';

/** What a transaction needs of the database. */
export interface TransactionSource {
  readonly pool: PostgresPool;
  /** For how many milliseconds it is asked what became of a commit whose reply was lost. */
  readonly retryFor: number;
  /** Asks what became of the transaction with this number. */
  fate(id: string): Promise<string | null>;
}

/**
 * A transaction on a connection of its own. Where the reply to its commit is lost, the database is asked what became of
 * it.
 */
export class OpenTransaction {
  #over = false;

  private constructor(
    private readonly source: TransactionSource,
    private readonly pooled: PooledClient,
    /** By which the server knows what became of it. */
    private readonly id: string,
  ) {}

  /**
   * Begins with its number in one round trip; read committed, whatever is the default: the order of events needs it.
   */
  static async begin(source: TransactionSource): Promise<OpenTransaction> {
    const pooled = await borrow(source.pool);
    try {
      const answers: unknown = await pooled.client.query({ text: BEGIN });
      const [, { rows }] = answers as [unknown, { rows: [{ id: string }] }];
      return new OpenTransaction(source, pooled, rows[0].id);
    } catch (error) {
      pooled.end(error);
      throw error;
    }
  }

  get client(): PostgresClient {
    return this.pooled.client;
  }

  /**
   * @throws what the commit has failed with, when nothing was written; PostgresUnreachableError when that cannot be
   * found out
   */
  async commit(): Promise<void> {
    try {
      await this.client.query({ text: 'commit' });
      this.#giveBack();
    } catch (error) {
      if (failureKind(error) !== 'connection') throw error;
      this.#end(error);
      if (!(await this.#isKept(error))) throw error;
    }
  }

  /**
   * Takes everything back, because of an error; a connection that is of no more use is ended. Does nothing when it is
   * over.
   */
  async rollBack(error: unknown): Promise<void> {
    if (this.#over) return;
    if (failureKind(error) === 'connection') return this.#end(error);
    try {
      await this.client.query({ text: 'rollback' });
      this.#giveBack();
    } catch {
      this.#end(error);
    }
  }

  /** Asks until it has ended, on another connection: the server may be about to commit what it has received. */
  async #isKept(error: unknown): Promise<boolean> {
    const deadline = performance.now() + this.source.retryFor;
    for (;;) {
      const fate = await this.source.fate(this.id);
      if (fate === 'committed' || fate === 'aborted') return fate === 'committed';
      if (performance.now() > deadline) throw new PostgresUnreachableError(error);
      await sleep(FATE_INTERVAL_MS);
    }
  }

  #giveBack(): void {
    this.#over = true;
    this.pooled.giveBack();
  }

  #end(error: unknown): void {
    this.#over = true;
    this.pooled.end(error);
  }
}

const BEGIN = 'begin isolation level read committed; select txid_current()::text as id';

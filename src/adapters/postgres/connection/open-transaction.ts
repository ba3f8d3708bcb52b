import { PostgresUnreachableError } from '../errors';
import type { PostgresClient, PostgresPool } from './driver';
import { failureKind } from './failures';
import { borrow, type PooledClient } from './pooled-client';
import { FATE_INTERVAL_MS, sleep } from './retry';

/** What a transaction needs from the database. */
export interface TransactionSource {
  readonly pool: PostgresPool;
  /** How long to ask for the outcome of a commit whose reply was lost, in milliseconds. */
  readonly retryFor: number;
  /** Asks for the outcome of the transaction with this number. */
  fate(id: string): Promise<string | null>;
}

/**
 * A transaction on a connection of its own. If the reply to its commit is lost, the database is asked for the outcome.
 */
export class OpenTransaction {
  #over = false;

  private constructor(
    private readonly source: TransactionSource,
    private readonly pooled: PooledClient,
    /** The number by which the server knows its outcome. */
    private readonly id: string,
  ) {}

  /**
   * Begins and reads the transaction's number in one round trip. Read committed, whatever the default is, because the
   * order of events requires it.
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

  /** @throws the error of the commit if nothing was written; PostgresUnreachableError if that cannot be determined */
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
   * Rolls back because of an error, and closes a connection that is no longer usable. Does nothing when the transaction
   * is over.
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

  /** Asks on another connection until the transaction has ended: the server may still be committing. */
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

import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventStore } from '../../../../index';
import { PublishedTooLateError } from '../errors';
import { PublicationQueue } from './publication-queue';

/** The events that are published in a transaction of the caller. */
export class Transaction {
  readonly queue: PublicationQueue;
  readonly #failures: unknown[] = [];
  #isOver = false;

  constructor(append: EventStore['append']) {
    this.queue = new PublicationQueue(append);
  }

  /** @throws PublishedTooLateError */
  refuseOver(events: readonly object[]): void {
    if (this.#isOver) throw new PublishedTooLateError(events.map(event => event?.constructor?.name));
  }

  failed(error: unknown): void {
    this.#failures.push(error);
  }

  /** Ends it: what was published is stored, or it throws what it failed with. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.queue.idle();
    if (this.#failures.length > 0) throw this.#failures[0];
  }
}

/** Finds the transaction of the code that publishes: `commit()` of an aggregate has no argument for it. */
export class Transactions {
  /** Made when the first transaction is: on Node 20 its existence slows down every promise of the process. */
  #current: AsyncLocalStorage<Transaction | undefined> | undefined;

  get current(): Transaction | undefined {
    return this.#current?.getStore();
  }

  async within<T>(transaction: Transaction, work: () => Promise<T> | T): Promise<T> {
    this.#current ??= new AsyncLocalStorage();
    let result: T;
    try {
      result = await this.#current.run(transaction, work);
    } catch (error) {
      // The client must not be used any more when this is over.
      await transaction.end().catch(() => undefined);
      throw error;
    }
    await transaction.end();
    return result;
  }

  /** Calls handlers: they may be woken by code in a transaction, and are not a part of it. */
  outside<T>(work: () => T): T {
    return this.#current ? this.#current.run(undefined, work) : work();
  }
}

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

/** A handler that runs, and what it has published last. */
export class Handling {
  last: Promise<unknown> | undefined;
}

/** Finds what the code that publishes is part of: `commit()` of an aggregate has no argument for it. */
export class PublishingScopes {
  /** Made for the first transaction or handler: on Node 20 its existence slows down every promise of the process. */
  #current: AsyncLocalStorage<Transaction | Handling | undefined> | undefined;

  get current(): Transaction | Handling | undefined {
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

  /**
   * Runs a handler, and waits until what it has published is stored: `commit()` cannot be awaited. It may be woken by
   * code in a transaction, and is not a part of it.
   */
  async handling(work: () => Promise<void>): Promise<void> {
    this.#current ??= new AsyncLocalStorage();
    const handling = new Handling();
    await this.#current.run(handling, work);
    // All others have been stored before it.
    await handling.last;
  }

  /** Tells subscribers: they may be woken by code in a transaction, and are not a part of it. */
  outside<T>(work: () => T): T {
    return this.#current ? this.#current.run(undefined, work) : work();
  }
}

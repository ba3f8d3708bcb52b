import { Mutex } from '../../../concurrency';
import { TransactionEndedError } from '../../ports/projection-errors';
import type { AppendOutcome } from '../../ports/stream-append';

/**
 * Runs the calls of a transaction of a projection store one after another, until its work has ended. The first call
 * that fails rolls back the whole transaction, even if the work continues: later calls reject with the same error. For
 * store authors.
 */
export class TransactionCalls {
  readonly #turns = new Mutex();
  readonly #reasonOf: (error: unknown) => unknown;
  #ended = false;
  #conflict = false;
  #failure: { readonly error: unknown } | undefined;

  /** `reasonOf` translates an error of the database, for the first error only; default: the error itself. */
  constructor(reasonOf: (error: unknown) => unknown = error => error) {
    this.#reasonOf = reasonOf;
  }

  /** An append met a conflict: nothing of the transaction may be kept. */
  get conflict(): boolean {
    return this.#conflict;
  }

  /**
   * Runs the work of the transaction, and waits for calls that it has not awaited.
   * @throws what the work throws, or else what a call has failed with
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await this.#worked(work);
      if (this.#failure) throw this.#failure.error;
      return result;
    } finally {
      this.#ended = true;
    }
  }

  /**
   * Runs a check immediately, because the caller may change its arguments while it waits.
   * @throws TransactionEndedError, and what the check throws
   */
  check<T>(check: () => T): T {
    this.#refuse();
    try {
      return check();
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Runs one call in its turn. @throws TransactionEndedError, and what the call has failed with */
  async take<T>(call: () => T | Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      this.#refuse();
      try {
        return await call();
      } catch (error) {
        throw this.#failed(error);
      }
    });
  }

  /** As {@link take}, for a call that appends. */
  append(call: () => AppendOutcome | Promise<AppendOutcome>): Promise<AppendOutcome> {
    return this.take(async () => {
      const outcome = await call();
      this.#conflict ||= !outcome.ok;
      return outcome;
    });
  }

  async #worked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      await this.#turns.over();
    }
  }

  #refuse(): void {
    if (this.#ended) throw new TransactionEndedError();
    if (this.#failure) throw this.#failure.error;
  }

  #failed(error: unknown): unknown {
    this.#failure ??= { error: this.#reasonOf(error) };
    return this.#failure.error;
  }
}

import { Mutex } from '../../../concurrency';
import { Inside } from './inside-transaction';

/**
 * Runs transactions one at a time, and other writes between them. Work inside a transaction that asks for another turn
 * is refused, because that turn would never come.
 */
export class TransactionMutex extends Mutex {
  #inside: Inside | undefined;

  /** Whether the caller is part of the transaction that is running. */
  get inside(): boolean {
    return this.#inside?.here ?? false;
  }

  /** Rejects if the caller is part of the transaction that is running. @throws InsideTransactionError */
  async refuseInside(): Promise<void> {
    if (this.#inside?.busy) await this.#inside.refuse();
  }

  /** Runs a transaction alone. @throws InsideTransactionError */
  alone<T>(work: () => Promise<T>): Promise<T> {
    this.#inside ??= new Inside();
    const inside = this.#inside;
    return this.take(() => inside.run(work));
  }

  /** Runs work alone, after everything that was asked for before. @throws InsideTransactionError */
  override take<T>(work: () => T | Promise<T>): Promise<T> {
    const run = (): Promise<T> => super.take(work);
    return this.#inside?.busy ? this.#inside.refuse().then(run) : run();
  }
}

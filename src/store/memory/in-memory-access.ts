import type { TransactionMutex } from '../kit/transactions/transaction-mutex';

/**
 * Decides when a store in memory may be used: not after it was closed, and for writes only after the transactions in
 * progress.
 */
export class InMemoryAccess {
  constructor(
    readonly turns: TransactionMutex,
    /** Throws when the store is closed. */
    private readonly refuseWhenClosed: () => void = () => {},
  ) {}

  /** @throws StoreClosedError */
  read<T>(work: () => T): T {
    this.refuseWhenClosed();
    return work();
  }

  /** Runs synchronous work. @throws StoreClosedError */
  write<T>(work: () => T): Promise<T> {
    this.refuseWhenClosed();
    return this.turns.pass(work);
  }

  /** Runs user work. @throws StoreClosedError */
  alone<T>(work: () => Promise<T>): Promise<T> {
    this.refuseWhenClosed();
    return this.turns.alone(work);
  }
}

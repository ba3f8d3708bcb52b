import type { TransactionMutex } from '../kit/transactions/transaction-mutex';

/**
 * Decides who may use a store in memory, and when: no call after its end, and a write waits for the transactions that
 * are under way.
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

  /** Does what takes no time. @throws StoreClosedError */
  write<T>(work: () => T): Promise<T> {
    this.refuseWhenClosed();
    return this.turns.pass(work);
  }

  /** Runs work of the user's own. @throws StoreClosedError */
  alone<T>(work: () => Promise<T>): Promise<T> {
    this.refuseWhenClosed();
    return this.turns.alone(work);
  }
}

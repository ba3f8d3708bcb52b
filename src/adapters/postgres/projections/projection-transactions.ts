import type { Inside, ProjectionTransaction } from '../../../store';
import type { Database } from '../connection/database';
import { HeldTransactions } from '../connection/held-transactions';
import { unwrapped, WorkFailure } from '../connection/user-work';
import { PostgresProjectionTransaction, type TransactionSources } from './postgres-projection-transaction';

/** Runs transactions, few at a time, each of them again where the database has interrupted it. */
export class ProjectionTransactions {
  readonly #held: HeldTransactions;

  constructor(
    maxConnections: number,
    private readonly sources: Omit<TransactionSources, 'database'>,
    /** Knows who is part of a transaction. */
    private readonly inside: Inside,
    /** Called when a transaction was kept that may have appended. */
    private readonly appended: () => void,
  ) {
    this.#held = new HeldTransactions(maxConnections);
  }

  /** Refuses a caller that is part of a transaction: its own would wait for that one. @throws InsideTransactionError */
  async refuseInside(): Promise<void> {
    if (this.inside.busy) await this.inside.refuse();
  }

  async run<T>(database: Database, work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    try {
      const result = await this.#held.run(() => this.#run(database, work));
      this.appended();
      return result;
    } catch (error) {
      if (error instanceof TakenBack) return error.result as T;
      throw unwrapped(error);
    }
  }

  /**
   * Where the database itself interrupted it nothing was written, and all of it can be done again; what the work throws
   * is none of that.
   */
  #run<T>(database: Database, work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return database.transaction(async connection => {
      const transaction = new PostgresProjectionTransaction({ ...this.sources, database }, connection);
      const worked = transaction.run(each => this.inside.run(() => work(each)));
      const result = await worked.catch((error: unknown) => {
        // It goes through as it is; only what the database has interrupted is tried again.
        throw transaction.interruption ?? new WorkFailure(error);
      });
      if (transaction.conflict) throw new TakenBack(result);
      return result;
    });
  }
}

/** Takes a transaction back that met a conflict, with what its work has returned. */
class TakenBack extends Error {
  constructor(readonly result: unknown) {
    super('The transaction met a conflict.');
  }
}

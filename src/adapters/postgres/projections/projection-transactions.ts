import type { Inside, ProjectionTransaction } from '../../../store';
import type { Database } from '../connection/database';
import { HeldTransactions } from '../connection/held-transactions';
import { unwrapped, WorkFailure } from '../connection/user-work';
import { PostgresProjectionTransaction, type TransactionSources } from './postgres-projection-transaction';

/** Runs transactions, few at a time, and repeats one that the database has interrupted. */
export class ProjectionTransactions {
  readonly #held: HeldTransactions;

  constructor(
    maxConnections: number,
    private readonly sources: Omit<TransactionSources, 'database'>,
    /** Knows which callers are part of a transaction. */
    private readonly inside: Inside,
    /** Called after the commit of a transaction that may have appended. */
    private readonly appended: () => void,
  ) {
    this.#held = new HeldTransactions(maxConnections);
  }

  /**
   * Refuses a caller that is part of a transaction: its own transaction would wait for that one.
   * @throws InsideTransactionError
   */
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
   * If the database itself interrupted it, nothing was written and everything can be repeated. Errors of the work are
   * not such interruptions.
   */
  #run<T>(database: Database, work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return database.transaction(async connection => {
      const transaction = new PostgresProjectionTransaction({ ...this.sources, database }, connection);
      const worked = transaction.run(each => this.inside.run(() => work(each)));
      const result = await worked.catch((error: unknown) => {
        // Passed on unchanged; only interruptions by the database are retried.
        throw transaction.interruption ?? new WorkFailure(error);
      });
      if (transaction.conflict) throw new TakenBack(result);
      return result;
    });
  }
}

/** Rolls back a transaction that met a conflict; carries the result of its work. */
class TakenBack extends Error {
  constructor(readonly result: unknown) {
    super('The transaction met a conflict.');
  }
}

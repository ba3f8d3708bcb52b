import { setImmediate } from 'node:timers/promises';
import type { ProjectionTransaction } from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import { failureOf } from '../connection/failures';
import type { FileAccess } from '../connection/file-access';
import { rollBack } from '../connection/in-transaction';
import { IN_MEMORY, type SqliteSettings } from '../connection/options';
import { whenUnlocked } from '../connection/retry';
import { SqliteTransaction } from './sqlite-transaction';
import { type TransactionParts, transactionParts } from './transaction-parts';

/** What transactions need of a store. */
export interface TransactionsTarget {
  /** The connection of the store, for a database in memory, which a second connection cannot open. */
  readonly connection: SqliteConnection;
  /** Opens another connection to the file. */
  open(): SqliteConnection;
  /** Called after a commit. */
  written(): void;
}

/**
 * Runs transactions that take several turns of the event loop, one after the other, on a connection of their own, so
 * that readers do not see uncommitted changes. The first transaction opens the connection.
 */
export class Transactions {
  #parts: TransactionParts | undefined;

  constructor(
    private readonly target: TransactionsTarget,
    private readonly settings: SqliteSettings,
    private readonly access: FileAccess,
  ) {}

  run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return this.access.alone(() => this.#run(work));
  }

  close(): void {
    if (this.settings.file !== IN_MEMORY) this.#parts?.connection.close();
  }

  async #run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    // Everything else here is synchronous: without this turn of the event loop, a stream of transactions would block
    // it.
    await setImmediate();
    this.#parts ??= this.#open();
    const { connection, statements } = this.#parts;
    await whenUnlocked(this.settings, () => statements.begin.run());
    const transaction = new SqliteTransaction(this.#parts, this.settings);
    try {
      const result = await transaction.run(work);
      if (transaction.conflict) rollBack(connection);
      else this.#keep(statements);
      return result;
    } catch (error) {
      rollBack(connection);
      throw error;
    }
  }

  #keep(statements: TransactionParts['statements']): void {
    try {
      statements.commit.run();
    } catch (error) {
      throw failureOf(error, this.settings);
    }
    this.target.written();
  }

  #open(): TransactionParts {
    const { file, clock } = this.settings;
    return transactionParts(file === IN_MEMORY ? this.target.connection : this.target.open(), clock);
  }
}

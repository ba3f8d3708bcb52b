import { isStrayPromise } from '../../../concurrency';
import type { TransactionWork } from '../../../store';
import { SqliteAsyncWorkError } from '../errors';
import type { SqliteConnection } from './driver';

/** What the user's own work has thrown: it reaches the user as it is, whatever it looks like. */
export class WorkFailure {
  constructor(readonly thrown: unknown) {}
}

/**
 * Runs work of the user's own inside a transaction. @throws WorkFailure with what it throws, or a SqliteAsyncWorkError
 */
export function runWork(work: readonly TransactionWork[], connection: SqliteConnection): void {
  for (const each of work) {
    try {
      if (isStrayPromise(each(connection))) throw new SqliteAsyncWorkError();
    } catch (error) {
      throw new WorkFailure(error);
    }
  }
}

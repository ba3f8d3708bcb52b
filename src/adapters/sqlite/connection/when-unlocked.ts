import { setTimeout } from 'node:timers/promises';
import { WorkFailure } from '../projections/user-work';
import { failureOf } from './failures';
import { isLocked } from './result-code';

const RETRY_INTERVAL_MS = 2;

/**
 * Does work on the file. While another process holds the lock it is tried again, for `busyTimeout` at most; the waiting
 * is done outside of SQLite, so that the process goes on. `waited` is called before each new attempt, and may throw to
 * give up.
 * @throws one of the errors of this folder
 */
export async function whenUnlocked<T>(
  file: { readonly file: string; readonly busyTimeout: number },
  work: () => T | Promise<T>,
  waited: () => void = () => {},
): Promise<T> {
  let deadline: number | undefined;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof WorkFailure) throw error.thrown;
      // Counted from when it was found locked: before that it may have waited for a transaction of this process.
      deadline ??= performance.now() + file.busyTimeout;
      if (!isLocked(error) || performance.now() >= deadline) throw failureOf(error, file);
    }
    await setTimeout(RETRY_INTERVAL_MS);
    waited();
  }
}

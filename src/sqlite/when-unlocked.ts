import { setTimeout } from 'node:timers/promises';
import { failureOf } from './failures';
import { isLocked } from './result-code';

const PAUSE = 2;

/**
 * Does synchronous work on the file. While another process holds the lock it is tried again, for `busyTimeout` at most; the waiting is done
 * outside of SQLite, so that the process goes on. `waited` is called before each new attempt, and may throw to give up.
 * @throws one of the errors of this folder
 */
export async function whenUnlocked<T>(
  file: { readonly file: string; readonly busyTimeout: number },
  work: () => T,
  waited: () => void = () => {},
): Promise<T> {
  const deadline = performance.now() + file.busyTimeout;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= deadline) throw failureOf(error, file);
    }
    await setTimeout(PAUSE);
    waited();
  }
}

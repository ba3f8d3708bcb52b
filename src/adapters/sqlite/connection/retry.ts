import { setTimeout } from 'node:timers/promises';
import { failureOf } from './failures';
import { isLocked } from './result-code';
import { WorkFailure } from './user-work';

/** How long to wait for another process that holds the lock, unless the options say otherwise, in milliseconds. */
export const BUSY_TIMEOUT_MS = 5000;
/** The pause before appends are retried, in milliseconds, plus up to one for jitter. */
export const APPEND_PAUSE_MS = 1;

const PAUSE_MS = 2;
const BLOCKING_PAUSE_MS = 5;

/**
 * Runs work on the file. While another process holds the lock it is retried, for at most `busyTimeout`; the wait is
 * outside SQLite, so that the event loop is not blocked. `waited` is called before each retry, and may throw to give
 * up.
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
    await setTimeout(PAUSE_MS);
    waited();
  }
}

/**
 * As {@link whenUnlocked}, but holds the process up: for the start, of which SQLite refuses some steps at once,
 * whatever its own busy timeout is, as two processes make the same file.
 */
export function whenUnlockedBlocking<T>(busyTimeout: number, step: () => T): T {
  const deadline = performance.now() + busyTimeout;
  for (;;) {
    try {
      return step();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKING_PAUSE_MS);
    }
  }
}

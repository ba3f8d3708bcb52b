import { setTimeout as sleep } from 'node:timers/promises';

/** How often a command whose stream had moved on is decided, the first time included. */
export const TRIES = 3;

/** Waits up to 5 ms after the first conflict, up to 10 ms after the second..., at random, so that rivals do not meet again. */
export async function pauseAfterConflict(attempt: number, signal?: AbortSignal): Promise<void> {
  const longest = 5 * 2 ** (attempt - 1);
  await sleep(Math.random() * longest, undefined, signal ? { signal } : {});
}

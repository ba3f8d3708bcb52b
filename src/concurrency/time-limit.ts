import { clearTimeout, setTimeout } from 'node:timers';

/** The longest timer of Node, in milliseconds; a longer one would fire immediately. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Settles as the work does, or rejects with the error that `late` creates after so many milliseconds. The work itself
 * continues, and its later result is dropped. Undefined: no limit.
 */
export function withinTime<T>(work: Promise<T>, milliseconds: number | undefined, late: () => Error): Promise<T> {
  if (milliseconds === undefined || milliseconds > MAX_TIMER_MS) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

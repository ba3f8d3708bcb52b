import { clearTimeout, setTimeout } from 'node:timers';

/** The longest that a timer of Node takes, in milliseconds: one that is longer would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Settles as the work does, or rejects with what `late` makes when so many milliseconds have passed. The work itself
 * goes on, and what becomes of it then is dropped. Undefined: without a limit.
 */
export function withinTime<T>(work: Promise<T>, milliseconds: number | undefined, late: () => Error): Promise<T> {
  if (milliseconds === undefined || milliseconds > MAX_TIMER_MS) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

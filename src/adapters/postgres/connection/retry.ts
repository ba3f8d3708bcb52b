import { failureKind } from './failures';

/** How long to retry after a lost connection, unless the options say otherwise, in milliseconds. */
export const RETRY_FOR_MS = 10_000;
/** The pause before asking again for the outcome of a commit, in milliseconds. */
export const FATE_INTERVAL_MS = 25;
/** The pause before subscribers query a database again that did not answer, in milliseconds. */
export const OUTAGE_PAUSE_MS = 250;

const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 500;
const MAX_COLLISIONS = 10;
/** The longest pause after the first collision, in milliseconds; it grows with each further one. */
const COLLISION_PAUSE_MS = 10;

/**
 * Runs work until it succeeds or fails for good: after lost connections for so many milliseconds, after collisions ten
 * times. The work is told whether an earlier attempt may have taken effect.
 */
export async function retried<T>(milliseconds: number, work: (repeated: boolean) => Promise<T>): Promise<T> {
  const deadline = performance.now() + milliseconds;
  let pause = FIRST_PAUSE_MS;
  for (let collisions = 0, repeated = false; ; repeated = true) {
    try {
      return await work(repeated);
    } catch (error) {
      const kind = failureKind(error);
      if (kind === 'final') throw error;
      if (kind === 'collision' && ++collisions > MAX_COLLISIONS) throw error;
      if (kind === 'connection' && performance.now() + pause > deadline) throw error;
      await sleep(kind === 'collision' ? Math.random() * COLLISION_PAUSE_MS * collisions : pause);
      pause = Math.min(2 * pause, MAX_PAUSE_MS);
    }
  }
}

export const sleep = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

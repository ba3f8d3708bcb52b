import { failureKind } from './failures';

/** For how many milliseconds what lost its connection is tried again, where the options do not say. */
export const RETRY_FOR_MS = 10_000;
/** How long to wait before asking again what became of a commit, in milliseconds. */
export const FATE_INTERVAL_MS = 25;
/** How long to wait before asking a database again that did not answer the subscribers, in milliseconds. */
export const OUTAGE_PAUSE_MS = 250;

const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 500;
const MAX_COLLISIONS = 10;
/** The longest pause after the first collision, in milliseconds; it grows with each further one. */
const COLLISION_PAUSE_MS = 10;

/**
 * Runs a piece of work until it succeeds or fails for good: lost connections for so many milliseconds, collisions ten
 * times. The work is told whether it may have happened already.
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

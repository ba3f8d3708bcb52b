import { setTimeout } from 'node:timers/promises';
import { failureOf } from './failures';
import { isLocked } from './result-code';

const PAUSE = 2;

/**
 * Does work that is one statement; while another connection holds a lock it is tried again, up to the busy timeout, and the process goes on.
 * @param mayGoOn called before each further try; what it throws ends them
 */
export async function whenUnlocked<T>(settings: { file: string; busyTimeout: number }, work: () => T, mayGoOn: () => void): Promise<T> {
  const deadline = performance.now() + settings.busyTimeout;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isLocked(error) || performance.now() >= deadline) throw failureOf(error, settings);
    }
    await setTimeout(PAUSE);
    mayGoOn();
  }
}

import { setTimeout } from 'node:timers';

/**
 * Waits some milliseconds, or until the signal ends it: then it resolves early. It keeps the process alive: one that
 * follows lives until it is closed.
 */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
  });
}

/**
 * Milliseconds before the next try, the first after `attempt` 1: twice as long each time, less up to a quarter by
 * chance.
 */
export const backOff = (attempt: number, delay: number, maxDelay: number): number =>
  Math.min(maxDelay, delay * 2 ** Math.min(attempt - 1, 30)) * (1 - Math.random() / 4);

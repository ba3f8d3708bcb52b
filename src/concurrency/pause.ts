import { setTimeout } from 'node:timers';

/**
 * Waits some milliseconds; resolves early when the signal is aborted. It keeps the process alive, because a process
 * that follows events lives until it is closed.
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
 * The pause before the next attempt, in milliseconds, where `attempt` counts from 1: it doubles each time, less up to a
 * quarter at random.
 */
export const backOff = (attempt: number, delay: number, maxDelay: number): number =>
  Math.min(maxDelay, delay * 2 ** Math.min(attempt - 1, 30)) * (1 - Math.random() / 4);

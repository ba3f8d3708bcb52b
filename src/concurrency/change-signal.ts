import { setTimeout } from 'node:timers';

/** Lets others wait for changes: of this process at once, of other processes by looking again. */
export class ChangeSignal {
  readonly #waiting = new Set<() => void>();

  /** Wakes all who wait. */
  readonly tell = (): void => {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  };

  /** Resolves with the next change, or after some milliseconds, or when the signal is aborted. */
  next(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}

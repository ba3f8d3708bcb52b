import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

/** Lets callers wait for changes: immediately for those of this process, by polling for those of others. */
export class ChangeSignal {
  readonly #waiting = new Set<() => void>();
  #isTold = false;

  /** Wakes all waiting callers, once for all changes of one turn of the event loop. */
  readonly tell = (): void => {
    if (this.#isTold || this.#waiting.size === 0) return;
    this.#isTold = true;
    setImmediate(() => this.#wakeAll());
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

  #wakeAll(): void {
    this.#isTold = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }
}

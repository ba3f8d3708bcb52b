/** Knows what has been accepted and is not done yet. */
export class Work {
  readonly #open = new Set<Promise<unknown>>();

  /** Returns the promise given, and remembers it until it is settled. */
  done<T>(work: Promise<T>): Promise<T> {
    this.#open.add(work);
    const forget = (): void => {
      this.#open.delete(work);
    };
    work.then(forget, forget);
    return work;
  }

  /** Resolves when nothing is open, however it ended. */
  async allDone(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled(this.#open);
  }
}

/** Returns the promise given, or rejects with the signal's reason as soon as it is aborted. The work itself goes on. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

import { clearTimeout, setTimeout } from 'node:timers';

/** Wakes all who wait at the same moments, so many milliseconds apart; without anyone who waits there is no timer. */
export class Beats {
  readonly #start = performance.now();
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly interval: number) {}

  /** Resolves at the next beat, or when the signal is aborted. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        this.#waiting.delete(end);
        signal.removeEventListener('abort', end);
        if (this.#waiting.size === 0) this.#stop();
        resolve();
      };
      this.#waiting.add(end);
      signal.addEventListener('abort', end, { once: true });
      this.#timer ??= setTimeout(() => this.#beat(), this.#untilNext);
    });
  }

  get #untilNext(): number {
    return this.interval - ((performance.now() - this.#start) % this.interval);
  }

  #beat(): void {
    this.#timer = undefined;
    for (const end of [...this.#waiting]) end();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

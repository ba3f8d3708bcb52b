import { clearTimeout, setTimeout } from 'node:timers';

/**
 * Does work together soon after it was asked for, but never within an interval of the last time: after a silence it
 * waits only so long that what is asked for at about the same time comes along.
 */
export class Soon {
  readonly #work = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly collecting: number,
    private readonly interval: number,
  ) {}

  /** Asks for work; the same function is called once. */
  ask(work: () => void): void {
    this.#work.add(work);
    const pause = Math.max(this.collecting, this.#last + this.interval - performance.now());
    this.#timer ??= setTimeout(() => this.#do(), pause);
  }

  /** Work is no longer asked for. */
  withdraw(work: () => void): void {
    if (!this.#work.delete(work) || this.#work.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Records that such work is done now, for other reasons. */
  done(): void {
    this.#last = performance.now();
  }

  #do(): void {
    this.#timer = undefined;
    this.done();
    const work = [...this.#work];
    this.#work.clear();
    for (const each of work) each();
  }
}

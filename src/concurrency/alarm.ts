import { clearTimeout, setTimeout } from 'node:timers';

/** Calls a function once, at the time for which it was set last. */
export class Alarm {
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly ring: () => void) {}

  /** Sets it to so many milliseconds from now, in place of an earlier time; undefined: it does not ring. */
  set(milliseconds: number | undefined): void {
    this.clear();
    if (milliseconds !== undefined) this.#timer = setTimeout(this.ring, milliseconds);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

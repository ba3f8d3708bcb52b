import { clearTimeout, setTimeout } from 'node:timers';

/** Calls a function once, at the time that was set last. */
export class Alarm {
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly ring: () => void) {}

  /**
   * Sets the time to so many milliseconds from now, replacing an earlier one; undefined: the function is not called.
   */
  set(milliseconds: number | undefined): void {
    this.clear();
    if (milliseconds !== undefined) this.#timer = setTimeout(this.ring, milliseconds);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}

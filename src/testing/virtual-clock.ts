import type { Clock } from '../messages';

/** A clock that stands still until the test moves it. */
export class VirtualClock implements Clock {
  #now: number;

  /** @param start default 2020-01-01T00:00:00Z */
  constructor(start: Date | string | number = Date.UTC(2020, 0, 1)) {
    this.#now = timeOf(start);
  }

  now(): number {
    return this.#now;
  }

  /** Moves the clock forward. @param milliseconds from 0 */
  advanceBy(milliseconds: number): void {
    if (!(milliseconds >= 0))
      throw new RangeError(`A clock advances by 0 milliseconds or more, not by ${milliseconds}; to go back use setTo.`);
    this.#now += milliseconds;
  }

  /** Sets the clock, also back. */
  setTo(time: Date | string | number): void {
    this.#now = timeOf(time);
  }
}

function timeOf(time: Date | string | number): number {
  const milliseconds = new Date(time).getTime();
  if (Number.isNaN(milliseconds))
    throw new RangeError(`'${String(time)}' is no time; give a Date, an ISO 8601 text, or milliseconds since 1970.`);
  return milliseconds;
}

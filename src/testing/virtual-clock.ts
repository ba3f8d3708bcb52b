import { type Clock, shownValue, shownWithType } from '../messages';

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

  /** Moves the clock forward. @param milliseconds from 0 @throws RangeError */
  advanceBy(milliseconds: number): void {
    if (!(Number.isFinite(milliseconds) && milliseconds >= 0))
      throw new RangeError(
        `A clock advances by a number of milliseconds from 0, not by ${shownWithType(milliseconds)}; to go back use setTo.`,
      );
    this.#now += milliseconds;
  }

  /** Sets the clock, also back. */
  setTo(time: Date | string | number): void {
    this.#now = timeOf(time);
  }
}

function timeOf(time: Date | string | number): number {
  const milliseconds = time === null || typeof time === 'boolean' ? Number.NaN : new Date(time).getTime();
  if (Number.isNaN(milliseconds))
    throw new RangeError(`${shownValue(time)} is no time; give a Date, an ISO 8601 text, or milliseconds since 1970.`);
  return milliseconds;
}

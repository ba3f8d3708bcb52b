import { aDelay, type Clock, must, refuseArguments } from '../messages';

/** A clock that stands still until the test advances it. */
export class VirtualClock implements Clock {
  #now: number;

  /** @param start default 2020-01-01T00:00:00Z @throws InvalidOptionsError */
  constructor(start: Date | string | number = Date.UTC(2020, 0, 1)) {
    this.#now = timeOf(start);
  }

  now(): number {
    return this.#now;
  }

  /** Moves the clock forward; `setTo` also sets it back. @param milliseconds from 0 @throws InvalidOptionsError */
  advanceBy(milliseconds: number): void {
    refuseArguments('advanceBy', { milliseconds: [milliseconds, aDelay] });
    this.#now += milliseconds;
  }

  /** Sets the clock, also back. @throws InvalidOptionsError */
  setTo(time: Date | string | number): void {
    this.#now = timeOf(time);
  }
}

const milliseconds = (time: unknown): number =>
  typeof time === 'string' || typeof time === 'number' || time instanceof Date ? new Date(time).getTime() : Number.NaN;

const aTime = must('a Date, an ISO 8601 text, or milliseconds since 1970', value => !Number.isNaN(milliseconds(value)));

function timeOf(time: Date | string | number): number {
  refuseArguments('VirtualClock', { time: [time, aTime] });
  return milliseconds(time);
}

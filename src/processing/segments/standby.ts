import type { SegmentState } from '../../store';
import type { NewerEvent } from '../handling/page-handler';

/** Where a segment has come to an event that only newer code can read. */
interface StandbyPlace extends NewerEvent {
  readonly segment: number;
}

/**
 * Tells whether this process leaves a version to processes with newer code: from an event on that it cannot read, until
 * that event is behind the checkpoint and no process has a segment any more.
 */
export class Standby {
  #at: StandbyPlace | undefined;
  #isToLeave = false;

  get isOn(): boolean {
    return this.#at !== undefined;
  }

  /** Returns whether this is news. */
  begin(segment: number, at: NewerEvent): boolean {
    const isNews = !this.#at;
    if (isNews) this.#isToLeave = true;
    if (!this.#at || at.event.position > this.#at.event.position) this.#at = { ...at, segment };
    return isNews;
  }

  /** Whether the others are to be told that this process leaves: true once, as it does not join again meanwhile. */
  leaves(): boolean {
    const isToLeave = this.#isToLeave;
    this.#isToLeave = false;
    return isToLeave;
  }

  /** Ends where newer code has gone past the event and has left. */
  endIfLeft(states: readonly SegmentState[]): void {
    const { segment, event } = this.#at!;
    const isPast = states.some(state => state.segment === segment && state.position >= event.position);
    if (isPast && states.every(({ owner }) => owner === undefined)) this.#at = undefined;
  }
}

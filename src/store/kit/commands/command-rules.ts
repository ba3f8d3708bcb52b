import type { RecordedEvent } from '../../../messages';
import type { CommandResult } from '../../ports/command-journal';

/** The times that a store keeps of a command, in milliseconds, by the clock of the store. */
interface CommandTimes {
  readonly done: boolean;
  /** Until when the claim is valid, or the result is kept. */
  readonly until: number;
  /** The lease of the claim when it was made or renewed. */
  readonly lease: number;
}

/**
 * Tells whether a command may be claimed although another claim is known. A claim that would last longer than twice its
 * lease was made before the clock was set back, and counts as expired; twice, because the clocks of two processes
 * differ a little. For store authors.
 */
export const isFree = ({ done, until, lease }: CommandTimes, now: number): boolean =>
  until <= now || (!done && until > now + 2 * lease);

/** Returns the result of a command that led to events. For store authors. */
export function resultOf(events: readonly RecordedEvent[]): CommandResult {
  const { aggregateId, version } = events.at(-1)!;
  return { events, aggregateId, version };
}

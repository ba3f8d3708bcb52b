import type { RecordedEvent } from '../../messages';
import type { EventProcessorParts } from '../event-processor-parts';
import type { FailedEvent } from '../handling/failure-reports';
import type { NewerEvent, SegmentPlace } from '../handling/page-handler';
import type { SegmentCheckpoint, SegmentOutcome } from './segment-checkpoint';

/**
 * What a segment does with events and in addition to them; one kind for projections and reactors, another for
 * processes.
 */
export interface SegmentWork {
  /** The failed event that stops the segment. */
  readonly haltedBy: FailedEvent | undefined;
  /** True after an event failed for the last time with `onError: 'stop'`. */
  readonly isStopped: boolean;
  /** Whether there is work to do that no event triggers. */
  readonly isPending: boolean;
  /** Prepares for events from the checkpoint. Runs in turn. */
  begin(): Promise<void>;
  /** Takes events. Returns false when the segment does not end up at the last of them. Runs in turn. */
  take(events: readonly RecordedEvent[]): Promise<boolean>;
  /** Does what is due. Runs in turn. */
  tick(): Promise<void>;
  /** Waits until the failed event is to be retried. */
  waitBeforeRetry(): Promise<void>;
  /** Continues after a stop. */
  restart(): void;
  /** Completes work in progress when the segment is closed. Runs in turn, after the signal to end. */
  finish(): Promise<void>;
}

/** What the work of a segment needs of the segment. */
export interface SegmentSurroundings {
  readonly parts: EventProcessorParts;
  readonly place: SegmentPlace;
  readonly checkpoint: SegmentCheckpoint;
  /** Aborted when the segment must not be followed any more. */
  readonly ending: AbortSignal;
  /** Called with the outcome of a commit; returns whether it succeeded. */
  went(outcome: SegmentOutcome): boolean;
  /** Schedules what is due in so many milliseconds; undefined: nothing is scheduled. */
  tickIn(milliseconds: number | undefined): void;
  /** Called when the segment stops. */
  hasStopped(): void;
  /** Called at an event that only newer code can read: the segment is left to a process that runs it. */
  isOutdated(at: NewerEvent): void;
  /** Reports a failure that is not of a handler. */
  report(error: unknown, what: string): void;
}

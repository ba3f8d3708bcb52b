import type { RecordedEvent } from '../../messages';
import type { EventProcessorParts } from '../event-processor-parts';
import type { FailedEvent } from '../handling/failure-reports';
import type { SegmentPlace } from '../handling/page-handler';
import type { SegmentCheckpoint, SegmentOutcome } from './segment-checkpoint';

/** What a segment does with events, and besides: of a projection or reactor, or of a process. */
export interface SegmentWork {
  /** The event that failed and keeps the segment from going on. */
  readonly haltedBy: FailedEvent | undefined;
  /** True after an event failed for the last time with `onError: 'stop'`. */
  readonly isStopped: boolean;
  /** Whether something is to be done that no further event leads to. */
  readonly isPending: boolean;
  /** Prepares for events from where the segment stands. In turn. */
  begin(): Promise<void>;
  /** Takes events. Returns false when the segment then stands elsewhere than after them. In turn. */
  take(events: readonly RecordedEvent[]): Promise<boolean>;
  /** Does what is due. In turn. */
  tick(): Promise<void>;
  /** Waits until the event that halted the segment is to be tried again. */
  waitBeforeRetry(): Promise<void>;
  /** Goes on after a stop. */
  restart(): void;
  /** Completes what is under way, where the segment is closed; in turn, and after it was told to end. */
  finish(): Promise<void>;
}

/** What the work of a segment needs of the segment. */
export interface SegmentSurroundings {
  readonly parts: EventProcessorParts;
  readonly place: SegmentPlace;
  readonly checkpoint: SegmentCheckpoint;
  /** Aborted when the segment is not to be followed any more. */
  readonly ending: AbortSignal;
  /** Hears how a commit went, and tells whether it went through. */
  went(outcome: SegmentOutcome): boolean;
  /** Has what is due done in so many milliseconds; undefined: not by itself. */
  tickIn(milliseconds: number | undefined): void;
  /** Told of a stop. */
  hasStopped(): void;
  /** Reports a failure that is no handler's. */
  report(error: unknown, what: string): void;
}

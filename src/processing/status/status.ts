import type { DeadLetter, ParkedSequence } from '../../store';

/** How far one segment has come, and who works on it. */
export interface SegmentStatus {
  readonly segment: number;
  readonly position: bigint;
  /** The id of the process that has the segment; undefined when none has. */
  readonly owner: string | undefined;
}

/** How a version that fills is getting on. */
export interface RebuildProgress {
  readonly version: number;
  /** Events gone through, those without a handler included. */
  readonly done: number;
  /** Events to go through, as of now. */
  readonly total: number;
  /** Events per second, lately. */
  readonly rate: number;
  /** Seconds left at this rate; undefined while there is none. */
  readonly secondsLeft: number | undefined;
  /**
   * How many sequences hold it up: they are parked in the new version, and not, or not as early, in the one that is
   * read. The switch waits until each was retried with success or discarded, or for {@link Rebuild.switchAnyway}.
   */
  readonly heldUpBy: number;
}

/** An error that a status tells of. */
export interface LastErrorStatus {
  readonly message: string;
  /**
   * The text with the stack, where it has one; at most 4,000 characters, and 2,000 where another process tells of it.
   */
  readonly stack: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** Of the event that failed, where it is stored. */
  readonly position: bigint | undefined;
}

/**
 * How a projection or reactor is getting on. `JSON.stringify` writes positions as decimal text, here and of dead
 * letters.
 */
export interface EventProcessorStatus {
  readonly name: string;
  readonly kind: 'projection' | 'reactor';
  readonly mode: 'async' | 'inline' | 'live';
  /**
   * `starting` before there is a version, or before this process knows it, `filling` for the first time or
   * beside another, `stopped` after an error with `onError: 'stop'`, in whichever process,
   * `superseded` where other code has taken over: this process takes over again when that is not followed any more.
   */
  readonly state: 'starting' | 'filling' | 'following' | 'stopped' | 'superseded' | 'closed';
  /**
   * False while a sequence is parked, or holds a rebuild up, or a segment has stopped, in whichever process: it needs
   * to be looked at. For alarms; a health check of the process asks {@link Health}.
   */
  readonly healthy: boolean;
  /** The version that this process follows with, and the one that readers see, which the rest is about. */
  readonly version: number | undefined;
  readonly activeVersion: number | undefined;
  /** The position up to which everything is handled or parked, that event included, in all segments and processes. */
  readonly position: bigint;
  /** The position of the store's last event. */
  readonly head: bigint;
  readonly lag: { readonly events: number; readonly seconds: number; readonly trend: 'rising' | 'steady' | 'falling' };
  readonly segments: readonly SegmentStatus[];
  readonly parked: readonly ParkedSequence[];
  /**
   * What a handler threw last, in whichever process that follows; where none has thrown, what else failed last in this
   * one.
   */
  readonly lastError: LastErrorStatus | undefined;
  readonly rebuild: RebuildProgress | undefined;
}

/** A rebuild under way: a version that fills beside the one that is read. */
export interface Rebuild {
  readonly version: number;
  /** Resolves when readers see the new version. @throws RebuildCancelledError */
  readonly done: Promise<void>;
  /** Gives the progress, about five times a second, until it is done; the last one is complete. */
  progress(): AsyncIterable<RebuildProgress>;
  /**
   * Drops the new version; readers keep the old one. It is over for all who wait for it, in every process. Where
   * readers were switched just before, they keep the new version, and `done` resolves.
   */
  cancel(): Promise<void>;
  /**
   * Switches to the new version as soon as it has caught up, though sequences are parked in it: readers see their
   * aggregates as they were before the events that failed. Resolves as `done` does. @throws RebuildCancelledError
   */
  switchAnyway(): Promise<void>;
}

/** How a process is doing, for those who decide whether it gets work, or is started anew. */
export interface Health {
  /**
   * Whether the event store answers and nothing has stopped. What is parked or behind does no harm to the process: see
   * {@link EventProcessorStatus}.
   */
  readonly healthy: boolean;
  /** What is wrong, a sentence each. */
  readonly faults: readonly string[];
}

/** What one can do with a projection or reactor while it runs. */
export interface EventProcessor {
  readonly name: string;
  /**
   * Returns how it is getting on.
   * @param options `timeout`: milliseconds to wait for the event store; default as long as the store itself tries
   * @throws InvalidOptionsError, StatusTimeoutError, errors of the store
   */
  status(options?: { readonly timeout?: number }): Promise<EventProcessorStatus>;
  /**
   * Fills a new version beside the one that is read, and switches to it when it has caught up. Where one is under way
   * already, also one that another process began or that was cut off, that one is returned. In a process with a lower
   * `version` than the one that is read it switches only when no process follows that one any more.
   * @throws NothingToRebuildError for reactors and live projections
   */
  rebuild(): Promise<Rebuild>;
  /**
   * Resolves when everything up to a position is handled, or parked. @throws WaitTimeoutError, StoreClosedError when
   * the flow is closed meanwhile
   */
  waitFor(position: bigint, options?: { readonly timeout?: number; readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Returns a page of what is parked, in the order of positions: in the version that readers see, or in the one given
   * here.
   */
  deadLetters(page?: {
    readonly sequence?: string;
    readonly after?: bigint;
    readonly limit?: number;
    readonly version?: number;
  }): Promise<readonly DeadLetter[]>;
  /**
   * Has a parked sequence, or all of them, tried again, by the process that has its segment: in the version that
   * readers see, and in one that fills. Returns how many.
   */
  retry(sequence?: string): Promise<number>;
  /**
   * Gives up on parked events: one, by its position; those of a sequence; or all. In the version that readers see, or
   * in the one given here. Returns how many.
   */
  discard(which?: {
    readonly sequence?: string;
    readonly position?: bigint;
    readonly version?: number;
  }): Promise<number>;
  /** Goes on after `onError: 'stop'`, with the segments of this process. */
  restart(): void;
}

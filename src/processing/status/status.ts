import type { DeadLetter, ParkedSequence } from '../../store';

/** The position of one segment, and the process that holds it. */
export interface SegmentStatus {
  readonly segment: number;
  readonly position: bigint;
  /** The id of the process that holds the segment; undefined if none does. */
  readonly owner: string | undefined;
}

/** The progress of a version that is being filled. */
export interface RebuildProgress {
  readonly version: number;
  /** Processed events, those without a handler included. */
  readonly done: number;
  /** Events to process, as of now. */
  readonly total: number;
  /** Recent events per second. */
  readonly rate: number;
  /** Seconds left at this rate; undefined while there is no rate, and while only parked sequences delay the switch. */
  readonly secondsLeft: number | undefined;
  /**
   * How many sequences delay the switch: they are parked in the new version, and not, or not as early, in the active
   * one. The switch waits until each is retried successfully or discarded, or for {@link Rebuild.switchAnyway}.
   */
  readonly heldUpBy: number;
}

/** An error in a status. */
export interface LastErrorStatus {
  readonly message: string;
  /** The text with the stack, if there is one; at most 4,000 characters, 2,000 if another process reported it. */
  readonly stack: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** The position of the event that failed, if it is stored. */
  readonly position: bigint | undefined;
}

/**
 * The status of a projection or reactor. `JSON.stringify` writes its positions as decimal text, and those of dead
 * letters.
 */
export interface EventProcessorStatus {
  readonly name: string;
  readonly kind: 'projection' | 'reactor' | 'process';
  readonly mode: 'async' | 'inline' | 'live';
  /**
   * `starting`: there is no version yet, or this process does not know it. `filling`: a version is being filled, the
   * first or one beside another. `stopped`: after an error with `onError: 'stop'`, in any process. `superseded`: other
   * code has taken over; this process takes over again when no process follows that code any more. `outdated`: this
   * process stands by at an event that only newer code can read, and leaves its segments to processes that run it.
   */
  readonly state: 'starting' | 'filling' | 'following' | 'stopped' | 'superseded' | 'outdated' | 'closed';
  /**
   * False while a sequence is parked or delays a rebuild, or a segment has stopped, in any process. For alarms; for a
   * health check of the process use {@link Health}.
   */
  readonly healthy: boolean;
  /** The version that this process follows, and the one that readers see, which the other fields describe. */
  readonly version: number | undefined;
  readonly activeVersion: number | undefined;
  /** Everything up to this position is handled or parked, in all segments and processes. */
  readonly position: bigint;
  /** The position of the store's last event. */
  readonly head: bigint;
  readonly lag: { readonly events: number; readonly seconds: number; readonly trend: 'rising' | 'steady' | 'falling' };
  readonly segments: readonly SegmentStatus[];
  readonly parked: readonly ParkedSequence[];
  /**
   * The last error of a handler, in any process that follows; if no handler has thrown, the last other failure in this
   * process.
   */
  readonly lastError: LastErrorStatus | undefined;
  readonly rebuild: RebuildProgress | undefined;
}

/** A rebuild in progress: a version that fills beside the active one. */
export interface Rebuild {
  readonly version: number;
  /** Resolves when readers see the new version. @throws RebuildCancelledError */
  readonly done: Promise<void>;
  /**
   * Yields the progress, about five times a second, until the rebuild is done; the last one is complete. It also ends
   * when the rebuild is cancelled: `done` tells.
   */
  progress(): AsyncIterable<RebuildProgress>;
  /**
   * Drops the new version; readers keep the old one. This ends the rebuild for all callers, in every process. If
   * readers were switched just before, they keep the new version, and `done` resolves.
   */
  cancel(): Promise<void>;
  /**
   * Switches to the new version as soon as it has caught up, even if sequences are parked in it: readers see their
   * aggregates as they were before the failed events. Resolves like `done`. @throws RebuildCancelledError
   */
  switchAnyway(): Promise<void>;
}

/** The health of a process, for deciding whether it gets work or is restarted. */
export interface Health {
  /**
   * Whether the event store answers and nothing has stopped. Parked or lagging work does not make a process unhealthy:
   * see {@link EventProcessorStatus}.
   */
  readonly healthy: boolean;
  /** What is wrong, one sentence each. */
  readonly faults: readonly string[];
}

/** The handle of a running projection or reactor. */
export interface EventProcessor {
  readonly name: string;
  /**
   * Returns its status.
   * @param options `timeout`: milliseconds to wait for the event store; default as long as the store itself retries
   * @throws InvalidOptionsError, StatusTimeoutError, errors of the store
   */
  status(options?: { readonly timeout?: number }): Promise<EventProcessorStatus>;
  /**
   * Fills a new version beside the active one and switches to it when it has caught up. A rebuild that is already in
   * progress, even one that another process started or that was interrupted, is returned instead. In a process with a
   * lower `version` than the active one, the switch waits until no process follows the active one.
   * @throws NothingToRebuildError for reactors, InvalidOptionsError if it is given an argument
   */
  rebuild(): Promise<Rebuild>;
  /**
   * Resolves when everything up to a position is handled or parked.
   * @param options `timeout`: milliseconds, default 5,000
   * @throws WaitTimeoutError, InvalidOptionsError, StoreClosedError if the flow is closed meanwhile
   */
  waitFor(position: bigint, options?: { readonly timeout?: number; readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Returns a page of dead letters, by position: those of the version that readers see, or of the given one. `limit` is
   * 1 to 1,000, default 100.
   * @throws InvalidOptionsError, also for a version that is not stored
   */
  deadLetters(page?: {
    readonly sequence?: string;
    readonly after?: bigint;
    readonly limit?: number;
    readonly version?: number;
  }): Promise<readonly DeadLetter[]>;
  /**
   * Requests a retry of one parked sequence, or of all, in the version that readers see and in one that fills. The
   * process that holds the segment carries it out. Returns the number of sequences.
   * @throws InvalidOptionsError
   */
  retry(sequence?: string): Promise<number>;
  /**
   * Discards parked events: one, by its position; those of a sequence; or, without arguments, all of them. In the
   * version that readers see, or in the given one. Returns the number of events.
   * @throws InvalidOptionsError, also for a version that is not stored
   */
  discard(which?: {
    readonly sequence?: string;
    readonly position?: bigint;
    readonly version?: number;
  }): Promise<number>;
  /**
   * Continues after `onError: 'stop'`, with the segments of this process. Returns how many had stopped; 0 means none:
   * a segment that stopped in another process is restarted there. `status().segments` names the owners.
   */
  restart(): number;
}

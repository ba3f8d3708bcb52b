import type { StreamName } from '../../ports/stream-name';

/** The part of a stream to read. */
export interface StreamPage {
  /** The first version; default 1. */
  readonly from?: number;
  /** How many events at most, 1 to 1,000; default 1,000. */
  readonly limit?: number;
  /** Rejects the read with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Which events to read; what is left out excludes none. */
export interface EventFilter {
  /** Only events with one of these durable names. */
  readonly names?: readonly string[];
  /** Only events of aggregates with one of these names. */
  readonly aggregates?: readonly string[];
}

/** A page of the whole store, by position. */
export interface LogPage {
  /** Only events with a higher position; default 0: from the beginning. */
  readonly after?: bigint;
  /** How many events at most, 1 to 1,000; default 1,000. */
  readonly limit?: number;
  /** Rejects the read with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The part of the whole store to read. */
export interface StorePage extends LogPage, EventFilter {
  /** Only events up to this position; default: to the end. */
  readonly upTo?: bigint;
  /**
   * From which end of the range between `after` and `upTo` the page is taken, and in which order: `forward` (default)
   * from the lowest position, `backward` from the highest.
   */
  readonly direction?: 'forward' | 'backward';
}

/** The part of the list of streams to read. */
export interface StreamsPage {
  /** Only streams that come after this one, by the names of aggregates and then by ids. */
  readonly after?: StreamName;
  /** How many streams at most, 1 to 1,000; default 1,000. */
  readonly limit?: number;
  /** Rejects the read with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A stream that has events. */
export interface ListedStream extends StreamName {
  /** The version of its last event. */
  readonly version: number;
  /** The position of its last event. */
  readonly position: bigint;
}

import type { RecordedEvent } from '../../messages';
import type { EventFilter, ListedStream, StorePage, StreamPage, StreamsPage } from '../kit/events/event-pages';
import type { CommandJournal } from './command-journal';
import type { DirectAccess } from './direct-access';
import type { ProjectionStore } from './projection-store';
import type { SnapshotStore } from './snapshot-store';
import type { AppendOptions, AppendOutcome, StreamAppend } from './stream-append';
import type { StreamName } from './stream-name';

/** The result of a restore. */
export interface RestoreOutcome {
  /** How many were written. */
  readonly restored: number;
  /** How many were already stored. */
  readonly skipped: number;
}

/** Options of a subscription. */
export interface SubscribeOptions extends EventFilter {
  /** Only events with a higher position; default 0: from the beginning. */
  readonly after?: bigint;
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
}

/**
 * Stores the events of all aggregates. This is the port that every store implements; `eventStoreContract` of
 * `eventuality/testing` tests an implementation.
 */
export interface EventStore {
  /**
   * Stores snapshots beside the events. Without it there are no snapshots, unless a `snapshotStore` is passed to the
   * code that uses this store.
   */
  readonly snapshots?: SnapshotStore | undefined;
  /** Stores the documents of projections beside the events; undefined if the store has none. */
  readonly projections?: ProjectionStore | undefined;
  /**
   * Remembers commands by their ids, in the transactions of their appends. Without it only this process does, while
   * they run.
   */
  readonly commands?: CommandJournal | undefined;
  /**
   * Answers without a promise, if the store can; most stores have none. A store that wraps another one and does
   * something of its own in `append` or `read` does it here too, or leaves this out.
   */
  readonly direct?: DirectAccess | undefined;
  /**
   * Appends to one or several streams, all or nothing. Each stream may occur once. An append that is already stored as
   * a whole, by the ids of its events, returns the stored events. It is the same append if streams, order, names,
   * schema versions, payloads and the version it names are equal; metadata is not compared.
   * @throws InvalidAppendError, UnstorableValueError, DuplicateEventError if some of its events are stored, but not as
   * this append, StoreClosedError; InvalidClaimError, ClaimLostError if another claim has taken over the command of the
   * options. Then nothing was written
   */
  append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome>;
  /** Reads a page of one stream, by version. An unknown stream is empty. @throws InvalidPageError, StoreClosedError */
  read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]>;
  /**
   * Reads a page of the whole store, or of the requested events, by position. An empty page means that there are no
   * more. Up to `upTo` this is final if this object has already returned an event at that position or a later one.
   * @throws InvalidPageError, InvalidOptionsError, StoreClosedError
   */
  readAll(page?: StorePage): Promise<readonly RecordedEvent[]>;
  /**
   * Lists streams, by the names of aggregates and then by ids, compared by code points. Optional: without it,
   * `listStreams` of the store kit reads all events. @throws InvalidPageError, InvalidOptionsError, StoreClosedError
   */
  streams?(page?: StreamsPage): Promise<readonly ListedStream[]>;
  /**
   * Yields pages (never empty) of the whole store, or of the requested events: first stored events, then new ones, each
   * event once and in order of position. Ends when the signal is aborted, the loop is left, or the store is closed.
   */
  subscribe(options?: SubscribeOptions): AsyncIterable<readonly RecordedEvent[]>;
  /**
   * Stores events that this or another store has recorded, unchanged: with ids, versions, positions, metadata, marks
   * and times, all or nothing. Optional: `importEvents` needs it.
   *
   * An event that is already stored (same id, stream and version) is skipped, so a restore can be repeated. Other
   * events must come after the last stored position, in ascending order up to 2^47 (positions may have gaps), and
   * continue their streams without a gap. Later appends get higher positions; subscriptions yield restored events.
   * @throws InvalidRestoreError for an event that is incomplete, does not follow, or is larger than the store accepts
   * (then `cause` is the PayloadTooLargeError); PayloadTooLargeError if all events together are too large for one call;
   * StoreClosedError
   */
  restore?(events: readonly RecordedEvent[]): Promise<RestoreOutcome>;
  /** Completes accepted appends, ends subscriptions and frees resources. Calling it again does nothing. */
  close(): Promise<void>;
}

/** How many events a page holds at most, and by default. */
export const PAGE_LIMIT = 1000;

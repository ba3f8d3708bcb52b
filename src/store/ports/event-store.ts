import type { RecordedEvent } from '../../messages';
import type { StorePage, StreamPage } from '../kit/events/event-pages';
import type { CommandJournal } from './command-journal';
import type { ProjectionStore } from './projection-store';
import type { SnapshotStore } from './snapshot-store';
import type { AppendOptions, AppendOutcome, StreamAppend } from './stream-append';
import type { StreamName } from './stream-name';

/** What became of the events that were to be restored. */
export interface RestoreOutcome {
  /** How many were written. */
  readonly restored: number;
  /** How many were stored already. */
  readonly skipped: number;
}

/** Where a subscription starts and what ends it. */
export interface SubscribeOptions {
  /** Only events of a higher position; default 0: from the beginning. */
  readonly after?: bigint;
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
}

/**
 * Keeps the events of all aggregates. The port that every storage implements; `eventStoreContract` of
 * `eventuality/testing` says, as tests, what an implementation must hold.
 */
export interface EventStore {
  /**
   * Keeps snapshots beside the events; a store without one has none, unless another `snapshotStore` is given to those
   * that use it.
   */
  readonly snapshots?: SnapshotStore | undefined;
  /** Keeps what projections make of the events, beside them; a store without one has none. */
  readonly projections?: ProjectionStore | undefined;
  /**
   * Remembers commands by their ids, in the transactions of their appends; without one only this process does, while it
   * runs.
   */
  readonly commands?: CommandJournal | undefined;
  /**
   * Appends to one or several streams: all of it or nothing. A stream may occur once.
   * An append that is stored already, as a whole and by the ids of its events, is answered with the stored ones. It is
   * the same one when streams, order, names, schema versions and payloads are, and the version that it names; metadata
   * is not compared.
   * @throws InvalidAppendError, UnstorableValueError, DuplicateEventError when some of its events are stored, but not
   * as this append, StoreClosedError; InvalidClaimError, ClaimLostError when the command of the options is claimed by
   * another one by now: nothing was written then
   */
  append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome>;
  /** Reads a page of one stream, by version. An unknown stream is empty. @throws InvalidPageError, StoreClosedError */
  read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]>;
  /** Reads a page of the whole store, by position. @throws InvalidPageError, StoreClosedError */
  readAll(page?: StorePage): Promise<readonly RecordedEvent[]>;
  /**
   * Yields pages (never empty) of the whole store, first what is there, then what comes, each event once and in the
   * order of positions. Ends when the signal is aborted, the loop is left, or the store is closed.
   */
  subscribe(options?: SubscribeOptions): AsyncIterable<readonly RecordedEvent[]>;
  /**
   * Takes in events that a store, this one or another, has recorded: as they are, with ids, versions, positions,
   * metadata, marks and times. All of it or nothing. Optional: `importEvents` needs it.
   *
   * An event that is stored already (the same id, stream and version) is skipped, so that it can be repeated. The
   * others must come after the last position there, in ascending order up to 2^47 (positions may be missing), and
   * continue their streams without a gap. Appends afterwards get later positions; subscriptions yield what was
   * restored.
   * @throws InvalidRestoreError for an event that is not whole, does not follow, or is larger than the store takes
   * (then `cause` is the PayloadTooLargeError); PayloadTooLargeError where all events together are too large for one
   * call; StoreClosedError
   */
  restore?(events: readonly RecordedEvent[]): Promise<RestoreOutcome>;
  /** Finishes what was accepted, ends subscriptions, frees resources. Calling it again does nothing. */
  close(): Promise<void>;
}

/** How many events a page holds at most, and by default. */
export const PAGE_LIMIT = 1000;

import type { RecordedEvent } from '../../messages';
import type { StorePage } from '../kit/events/event-pages';
import type { ParkedName, ParkedSequence } from './dead-letters';
import type { CheckpointName, CommitOutcome, ProjectionCommit } from './projection-commit';
import type { AppendOptions, AppendOutcome, StreamAppend } from './stream-append';

/**
 * The event store whose events the transactions of a projection store append and read, and its methods that they do the
 * work of. A store whose own methods are others, because it wraps this one or extends its class, is passed over by
 * them: it gets no inline projections.
 */
export interface EventsBeside {
  readonly store: object;
  readonly append: (appends: readonly StreamAppend[]) => Promise<AppendOutcome>;
  readonly readAll: (page?: StorePage) => Promise<readonly RecordedEvent[]>;
}

/**
 * Says of a projection store which event store it stands beside. Not as a field that is listed: the event store names
 * its projections, and `JSON.stringify` would go round in circles. For those who write a store.
 */
export function nameEventsBeside(projections: object, value: EventsBeside | undefined): void {
  Object.defineProperty(projections, 'eventsBeside', { value, enumerable: false, configurable: true, writable: true });
}

/** A transaction of the store that takes events and documents: what inline projections need. */
export interface ProjectionTransaction {
  /**
   * As `EventStore.append`, the options included. A conflict is a value; the work that gets one ends the transaction by
   * returning, and nothing is written. Once it has gone through, every event of a lower position is stored, and other
   * appends, of any process, wait until the transaction ends: without that a checkpoint could pass over an event that
   * is still on its way.
   */
  append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome>;
  /** As `EventStore.readAll`, with what this transaction has appended. */
  readAll(page?: StorePage): Promise<readonly RecordedEvent[]>;
  /**
   * Waits until no other transaction holds the checkpoint, keeps it to the end, and returns where it stands. Lock
   * several by name.
   * @throws UnknownReadModelError where its version is not prepared, or closed
   */
  lock(name: CheckpointName): Promise<bigint>;
  /**
   * Returns the parked sequences of a version, as they were committed; while its checkpoints are locked none is added.
   */
  parked(name: ParkedName): Promise<readonly ParkedSequence[]>;
  /** As `ProjectionStore.get`, with what this transaction has written. */
  get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>>;
  /** As `ProjectionStore.commit`; it holds when the transaction does. */
  commit(commit: ProjectionCommit): Promise<CommitOutcome>;
  /** As `ProjectionStore.activate`; readers see the version when the transaction holds. */
  activate(readModel: string, version: number): Promise<void>;
}

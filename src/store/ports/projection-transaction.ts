import type { RecordedEvent } from '../../messages';
import type { LogPage, StorePage } from '../kit/events/event-pages';
import type { ParkedName, ParkedSequence } from './dead-letters';
import type { CheckpointName, CommitOutcome, ProjectionCommit } from './projection-commit';
import type { AppendOptions, AppendOutcome, StreamAppend } from './stream-append';

/**
 * The event store whose events the transactions of a projection store append and read, with the methods that they
 * replace. A store that wraps this one or overrides these methods would be bypassed, so it gets no inline projections.
 */
export interface EventsBeside {
  readonly store: object;
  readonly append: (appends: readonly StreamAppend[]) => Promise<AppendOutcome>;
  readonly readAll: (page?: StorePage) => Promise<readonly RecordedEvent[]>;
}

/**
 * Sets the event store of a projection store, as a property that is not enumerable. The event store refers to its
 * projections, so `JSON.stringify` would otherwise find a cycle. For store authors.
 */
export function nameEventsBeside(projections: object, value: EventsBeside | undefined): void {
  Object.defineProperty(projections, 'eventsBeside', { value, enumerable: false, configurable: true, writable: true });
}

/** A transaction that takes events and documents, for inline projections. */
export interface ProjectionTransaction {
  /**
   * Like `EventStore.append`, options included. A conflict is a value; work that gets one ends the transaction by
   * returning, and nothing is written. After an append, every event with a lower position is stored, and other appends
   * of all processes wait until the transaction ends; otherwise a checkpoint could pass an event that is still being
   * committed.
   */
  append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome>;
  /** Like `EventStore.readAll` of all events, including what this transaction has appended. */
  readAll(page?: LogPage): Promise<readonly RecordedEvent[]>;
  /**
   * Waits until no other transaction holds the checkpoint, locks it until the end, and returns it. Lock several in the
   * order of their names.
   * @throws UnknownReadModelError if its version is not prepared, or closed
   */
  lock(name: CheckpointName): Promise<bigint>;
  /** Returns the committed parked sequences of a version; none is added while its checkpoints are locked. */
  parked(name: ParkedName): Promise<readonly ParkedSequence[]>;
  /** Like `ProjectionStore.get`, including what this transaction has written. */
  get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>>;
  /** Like `ProjectionStore.commit`; it becomes permanent with the transaction. */
  commit(commit: ProjectionCommit): Promise<CommitOutcome>;
  /** Like `ProjectionStore.activate`; readers see the version when the transaction is committed. */
  activate(readModel: string, version: number): Promise<void>;
}

import type { RecordedEvent } from '../messages';
import type { DeadLetterChanges, DeadLetters } from './dead-letters';
import type { AppendOutcome, StorePage, StreamAppend } from './event-store';
import type { CheckpointName, ProjectionCommit, ProjectionStore, ReadModelSchema } from './projection-store';
import type { SegmentLeases } from './segment-leases';

// What the port gets beside documents and checkpoints; it becomes part of ProjectionStore when the three stores have it.

/** In a schema: which shape of the code fills the version. */
export interface ProcessingSchema extends ReadModelSchema {
  /** The version that the projection's class declares, from 1; default 1. A rebuild makes another version of the same revision. */
  readonly revision?: number;
  /** Into how many segments the version is split, 1 to 256; default 1. */
  readonly segments?: number;
}

/** A version that was prepared and not dropped. */
export interface ReadModelVersion {
  readonly version: number;
  readonly revision: number;
  readonly segments: number;
  readonly indexes: readonly string[];
  /** Readers see this one. */
  readonly active: boolean;
}

/**
 * SQL of one's own, run inside the transaction of a commit with the client of the store: on PostgreSQL the `pg` client, on SQLite the connection
 * of the driver, where it must be synchronous.
 */
export type TransactionWork = (client: any) => unknown;

/** In a commit. */
export interface ProcessingCommit extends ProjectionCommit, DeadLetterChanges {
  /** The fence of the lease; where it is given, the commit goes through only while it is the segment's. */
  readonly fence?: bigint;
  /** Run in order, before the documents are written; what it throws takes everything back and rejects the commit. */
  readonly work?: readonly TransactionWork[];
}

/** In the outcome of a commit: `fenced` says that the segment belongs to somebody else by now. */
export type ProcessingCommitOutcome = { readonly ok: true } | { readonly ok: false; readonly checkpoint: bigint; readonly fenced: boolean };

/** A transaction of the store that takes events and documents: what inline projections need. */
export interface ProjectionTransaction {
  /**
   * As `EventStore.append`. A conflict is a value; whoever gets one ends the transaction by returning, and nothing is written. Once it has
   * gone through, every event of a lower position is stored, and other appends, of any process, wait until the transaction ends: without
   * that a checkpoint could pass over an event that is still on its way.
   */
  append(appends: readonly StreamAppend[]): Promise<AppendOutcome>;
  /** As `EventStore.readAll`, with what this transaction has appended. */
  readAll(page?: StorePage): Promise<readonly RecordedEvent[]>;
  /** Waits until no other transaction holds the checkpoint, keeps it to the end, and returns where it stands. Lock several by name. */
  lock(name: CheckpointName): Promise<bigint>;
  /** As `ProjectionStore.get`, with what this transaction has written. */
  get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>>;
  /** As `ProjectionStore.commit`; it holds when the transaction does. */
  commit(commit: ProcessingCommit): Promise<ProcessingCommitOutcome>;
  /** As `ProjectionStore.activate`; readers see the version when the transaction holds. */
  activate(readModel: string, version: number): Promise<void>;
}

export interface ProcessingStore extends ProjectionStore {
  prepare(schema: ProcessingSchema): Promise<void>;
  commit(commit: ProcessingCommit): Promise<ProcessingCommitOutcome>;
  /** Returns the versions that were prepared and not dropped, ascending. @throws StoreClosedError */
  versions(name: string): Promise<readonly ReadModelVersion[]>;
  readonly leases: SegmentLeases;
  readonly deadLetters: DeadLetters;
  /**
   * Runs work in one transaction, which holds when the work resolves, and is taken back when it throws, or has got a conflict from `append`.
   * It is also taken back, and rejects, when one of its calls has failed and the work went on all the same.
   * Other commits and appends of this store may wait meanwhile: nothing in the work waits for one of them. It may be run again, where the
   * store took the transaction back because of another one.
   */
  transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T>;
}

import type { DeadLetterChanges } from './dead-letters';
import type { ProcessChanges } from './process-store';

/** A document to write or delete. */
export interface DocumentWrite {
  readonly readModel: string;
  readonly version: number;
  /** 1 to 255 characters. */
  readonly id: string;
  /** The whole document, which replaces an earlier one; `null` deletes it. */
  readonly document: object | null;
}

/** A document as it was read, with which a commit detects that another commit has changed it. */
export interface DocumentRead {
  readonly readModel: string;
  readonly version: number;
  readonly id: string;
  /** The object that `get` returned; `null` if there was none. */
  readonly document: object | null;
}

/**
 * Your own SQL, run inside the transaction of a commit with the client of the store: on PostgreSQL the `pg` client; on
 * SQLite the connection of the driver, where the work must be synchronous.
 */
export type TransactionWork = (client: any) => unknown;

/** Names the checkpoint of one segment of a projection. */
export interface CheckpointName {
  readonly projection: string;
  /** From 1. */
  readonly version: number;
  /** From 0; a projection with one segment has segment 0. */
  readonly segment: number;
}

/** The result of handling a page of events: documents, dead letters, and the new checkpoint. */
export interface ProjectionCommit extends DeadLetterChanges {
  readonly checkpoint: CheckpointName;
  /** Where the checkpoint must be for the commit to succeed; 0n if there is none yet. */
  readonly from: bigint;
  /** The new checkpoint, not before `from`. Equal to `from`, documents are written without moving it. */
  readonly to: bigint;
  /** The writes; of several for one document the last one counts. */
  readonly writes: readonly DocumentWrite[];
  /** Documents that must be as they were read for the commit to succeed; default none. */
  readonly reads?: readonly DocumentRead[];
  /** The fence of the lease. If given, the commit succeeds only while it is that of the segment. */
  readonly fence?: bigint;
  /**
   * Functions that run in order before the documents are written. An error rolls everything back and rejects the
   * commit.
   */
  readonly work?: readonly TransactionWork[];
  /**
   * What changes of the process that is called like the projection of the checkpoint. Only for stores with
   * `ProjectionStore.processes`.
   */
  readonly process?: ProcessChanges;
}

/**
 * The outcome of a commit. If the checkpoint was elsewhere, nothing was written and it says where. `fenced`: the
 * segment belongs to another owner. `outdated`: a document has changed since it was read, or the retried letter is no
 * longer parked.
 */
export type CommitOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly checkpoint: bigint; readonly fenced: boolean; readonly outdated?: boolean };

import type { DeadLetterChanges } from './dead-letters';

/** One document on its way to the store. */
export interface DocumentWrite {
  readonly readModel: string;
  readonly version: number;
  /** 1 to 255 characters. */
  readonly id: string;
  /** The whole document, in place of an earlier one; `null` deletes it. */
  readonly document: object | null;
}

/** A document as it was read: a commit can find out by it whether another one has changed the document since. */
export interface DocumentRead {
  readonly readModel: string;
  readonly version: number;
  readonly id: string;
  /** The very object that `get` has returned; `null` where there was none. */
  readonly document: object | null;
}

/**
 * SQL of one's own, run inside the transaction of a commit with the client of the store: on PostgreSQL the `pg` client,
 * on SQLite the connection of the driver, where it must be synchronous.
 */
export type TransactionWork = (client: any) => unknown;

/** Names how far one segment of a projection has come. */
export interface CheckpointName {
  readonly projection: string;
  /** From 1. */
  readonly version: number;
  /** From 0; a projection that is not split has segment 0. */
  readonly segment: number;
}

/** What a projection makes of a page of events: the documents, what it could not take, and how far it has come. */
export interface ProjectionCommit extends DeadLetterChanges {
  readonly checkpoint: CheckpointName;
  /** Where the checkpoint must stand for the commit to go through; 0n where there is none yet. */
  readonly from: bigint;
  /** Where it stands afterwards; not before `from`. The same as `from` writes documents without going on. */
  readonly to: bigint;
  /** In the order given: of several for one document the last one holds. */
  readonly writes: readonly DocumentWrite[];
  /** The commit goes through only while these documents are as they were read; default none is looked at. */
  readonly reads?: readonly DocumentRead[];
  /** The fence of the lease; where it is given, the commit goes through only while it is the segment's. */
  readonly fence?: bigint;
  /** Run in order, before the documents are written; what it throws takes everything back and rejects the commit. */
  readonly work?: readonly TransactionWork[];
}

/**
 * What became of a commit. Where the checkpoint stood elsewhere nothing was written, and it says where; `fenced` says
 * that the segment belongs to another owner by now, and `outdated` that the checkpoint is where it was believed to be,
 * but a document is not as it was read, or what was tried again is not parked any more.
 */
export type CommitOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly checkpoint: bigint; readonly fenced: boolean; readonly outdated?: boolean };

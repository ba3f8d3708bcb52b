import type { DeadLetters } from './dead-letters';
import type { CheckpointName, CommitOutcome, ProjectionCommit } from './projection-commit';
import type { EventsBeside, ProjectionTransaction } from './projection-transaction';
import type { SegmentLeases } from './segment-leases';

/** A value by which documents are found: what a field can hold, apart from lists and objects. */
export type DocumentValue = string | number | boolean | null;

/** What a read model looks like to the store: its name, the version of its shape, and by what it is searched. */
export interface ReadModelSchema {
  readonly name: string;
  /** From 1. Each version has documents of its own: a rebuild fills the next one beside the one that is read. */
  readonly version: number;
  /**
   * The top-level fields that `find` may filter and order by, eight at most. Fixed for a version: another choice is
   * another version.
   */
  readonly indexes: readonly string[];
  /**
   * The version that the projection's class declares, from 1; default 1. A rebuild makes another version of the same
   * revision.
   */
  readonly revision?: number;
  /** Into how many segments the version is split, 1 to 256; default 1. */
  readonly segments?: number;
  /**
   * Names what assigns events to segments: another assignment is another version. Any text of 1 to 255 characters;
   * default `aggregate`.
   */
  readonly sequenceBy?: string;
  /**
   * The segments of earlier versions that this one took over from, and must not handle again what they have handled;
   * default none.
   */
  readonly takenOver?: readonly TakenOverSegments[];
  /**
   * Events up to this position are older than the read model. What the first `prepare` of the version gives holds;
   * default 0n.
   */
  readonly replayUntil?: bigint;
}

/** How far the segments of an earlier version had come when another version took over from them. */
export interface TakenOverSegments {
  /** What assigned events to these segments; as in `ReadModelSchema`. */
  readonly sequenceBy: string;
  /** The position of each segment, from segment 0. */
  readonly positions: readonly bigint[];
}

/** A version that was prepared and not dropped. */
export interface ReadModelVersion {
  readonly version: number;
  readonly revision: number;
  readonly segments: number;
  readonly indexes: readonly string[];
  readonly sequenceBy: string;
  readonly takenOver: readonly TakenOverSegments[];
  readonly replayUntil: bigint;
  /** Readers see this one. */
  readonly active: boolean;
  /** It takes nothing more: readers see a later one, or it is being dropped. */
  readonly closed: boolean;
}

/**
 * Which documents to find, by fields that the read model's schema lists as indexes.
 *
 * Values have one order in every store: missing and null first, then false, true, numbers, and text by code points;
 * where the field holds a list or an object comes last. Only the first 255 characters of a text count for the order:
 * longer ones that are equal so far are in an order that stays, the same in every store, but means nothing. Equality
 * counts all of them.
 */
export interface DocumentQuery {
  /**
   * What the fields must equal, all of them: a value, or one of a list of values (1,000 at most). `null` finds null and
   * what is missing. Lists and objects equal nothing.
   */
  readonly where?: Readonly<Record<string, DocumentValue | readonly DocumentValue[]>>;
  /**
   * A field, ascending, or a field and a direction; those with equal values go by id, in the same direction. Default:
   * by id.
   */
  readonly orderBy?: string | { readonly field: string; readonly direction: 'asc' | 'desc' };
  /** How many documents at most, 1 to 1,000; default 100. */
  readonly limit?: number;
  /** The `cursor` of the page before, of the same order. */
  readonly after?: string;
}

/** A document as the store returns it. */
export interface FoundDocument {
  readonly id: string;
  readonly document: object;
}

/** A part of what a query finds. */
export interface DocumentPage {
  readonly items: readonly FoundDocument[];
  /**
   * Give it as `after` for the next page; undefined where there are no more. It is a place in the order, not a number
   * of documents: what comes or goes in between makes no other document appear twice or get lost.
   */
  readonly cursor: string | undefined;
}

/**
 * Keeps what projections make of events: documents by id, how far each projection has come, who works on it, and what
 * it could not take. All of it changes in one transaction, so that each event takes effect exactly once.
 * `projectionStoreContract` of `eventuality/testing` says, as tests, what an implementation must hold.
 */
export interface ProjectionStore {
  /** Whose events its transactions append and read; undefined where they take none. Inline projections need it. */
  readonly eventsBeside?: EventsBeside | undefined;
  /**
   * Makes a version of a read model known, which must happen before anything else is done with it. Doing it again
   * changes nothing, and several processes may do it at once; what it stores outlives the process.
   * @throws InvalidReadModelError when the schema is malformed, or the version is known with another one;
   * StoreClosedError
   */
  prepare(schema: ReadModelSchema): Promise<void>;
  /**
   * Returns the documents with these ids, by id; those that are not there are left out. They are frozen, or copies.
   * @throws UnknownReadModelError, StoreClosedError
   */
  get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>>;
  /**
   * Returns a page of documents, in order. @throws InvalidDocumentQueryError, UnknownReadModelError, StoreClosedError
   */
  find(readModel: string, version: number, query?: DocumentQuery): Promise<DocumentPage>;
  /** Returns the last position that a segment is done with; 0n when there is none. @throws StoreClosedError */
  checkpoint(name: CheckpointName): Promise<bigint>;
  /**
   * Writes documents and moves the checkpoint, all of it or nothing, and only if the checkpoint is where the caller
   * believes it to be: of two processes that run one projection only one gets its page in.
   *
   * Where the answer to a commit is lost, a store may ask again and find its own: `{ ok: false, checkpoint }` with
   * `checkpoint` at `to`. Going on from `checkpoint` is right in every case.
   *
   * The version of the checkpoint, and those that are written to, must be open: prepared, not dropped, and not below
   * the active one.
   * @throws InvalidCommitError, UnknownReadModelError, UnstorableValueError, StoreClosedError
   */
  commit(commit: ProjectionCommit): Promise<CommitOutcome>;
  /** Returns the version that readers are to see; undefined before the first `activate`. @throws StoreClosedError */
  active(readModel: string): Promise<number | undefined>;
  /**
   * Switches readers to a version, in one step; where they see a later one already nothing changes. Lower versions are
   * closed by it: their checkpoints go, and no commit, claim or lock of theirs succeeds from then on, while their
   * documents can be read until they are dropped.
   * @throws UnknownReadModelError, StoreClosedError
   */
  activate(readModel: string, version: number): Promise<void>;
  /**
   * Forgets a version: the read model of that name with its documents, and the checkpoints, leases and dead letters of
   * the projection of that name. Where it was the active one, none is. What is under way at the same time leaves
   * nothing behind, and nothing comes back later.
   * @param options `unlessActive`: leaves the version that readers see; a switch at the same time comes before or after
   * @returns whether the version is gone
   * @throws StoreClosedError
   */
  drop(name: string, version: number, options?: { readonly unlessActive?: boolean }): Promise<boolean>;
  /** Returns the versions that were prepared and not dropped, ascending. @throws StoreClosedError */
  versions(name: string): Promise<readonly ReadModelVersion[]>;
  readonly leases: SegmentLeases;
  readonly deadLetters: DeadLetters;
  /**
   * Runs work in one transaction, which holds when the work resolves, and is taken back when it throws, or has got a
   * conflict from `append`. It is also taken back, and rejects, when one of its calls has failed and the work went on
   * all the same. Other commits and appends of this store may wait meanwhile: nothing in the work waits for one of
   * them. It may be run again, where the store took the transaction back because of another one.
   */
  transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T>;
}

import type { DeadLetters } from './dead-letters';
import type { ProcessStore } from './process-store';
import type { ProjectionBulk } from './projection-bulk';
import type { CheckpointName, CommitOutcome, ProjectionCommit } from './projection-commit';
import type { EventsBeside, ProjectionTransaction } from './projection-transaction';
import type { ReadModelVersion, TakenOverSegments } from './read-model-version';
import type { SegmentLeases } from './segment-leases';

/** A value by which documents can be queried: the value of a field, except lists and objects. */
export type DocumentValue = string | number | boolean | null;

/** The schema of a read model: its name, version and indexes. */
export interface ReadModelSchema {
  readonly name: string;
  /** From 1. Each version has its own documents: a rebuild fills the next version beside the active one. */
  readonly version: number;
  /**
   * The top-level fields by which `find` can filter and sort, eight at most. They are fixed for a version; other
   * indexes need another version.
   */
  readonly indexes: readonly string[];
  /**
   * The version that the projection declares, from 1; default 1. A rebuild creates another version of the same
   * revision.
   */
  readonly revision?: number;
  /** The number of segments, 1 to 256; default 1. */
  readonly segments?: number;
  /**
   * Names the rule that assigns events to segments; another rule needs another version. Text of 1 to 255 characters;
   * default `aggregate`.
   */
  readonly sequenceBy?: string;
  /**
   * The segments of earlier versions that this one took over from; events that they handled must not be handled again.
   * Default none.
   */
  readonly takenOver?: readonly TakenOverSegments[];
  /**
   * Events up to this position are older than the read model. The value of the first `prepare` of the version counts;
   * default 0n.
   */
  readonly replayUntil?: bigint;
}

/**
 * A query for documents, by fields that are indexes of the read model.
 *
 * Every store sorts values alike: missing and null first, then false, true, numbers, and text by code points; lists and
 * objects last. Only the first 255 characters of a text determine the order; longer texts with the same beginning have
 * a stable but arbitrary order, the same in every store. Equality compares whole texts.
 */
export interface DocumentQuery {
  /**
   * The required values of fields, all of which must match: a value, or one of a list of values (1,000 at most). `null`
   * matches null and missing fields. Lists and objects match nothing.
   */
  readonly where?: Readonly<Record<string, DocumentValue | readonly DocumentValue[]>>;
  /**
   * A field, ascending, or a field and a direction. Documents with equal values are sorted by id, in the same
   * direction. Default: by id.
   */
  readonly orderBy?: string | { readonly field: string; readonly direction: 'asc' | 'desc' };
  /** How many documents at most, 1 to 1,000; default 100. */
  readonly limit?: number;
  /** The `cursor` of the previous page, with the same order. */
  readonly after?: string;
}

/** A document as the store returns it. */
export interface FoundDocument {
  readonly id: string;
  readonly document: object;
}

/** A page of the documents that a query finds. */
export interface DocumentPage {
  readonly items: readonly FoundDocument[];
  /**
   * The `after` of the next page; undefined if there are no more. It is a place in the order, not an offset, so
   * documents that are added or removed meanwhile neither repeat nor hide others.
   */
  readonly cursor: string | undefined;
}

/**
 * Stores the results of projections: documents by id, checkpoints, leases, dead letters and processes. They change in
 * one transaction, so that each event takes effect exactly once. `projectionStoreContract` of `eventuality/testing`
 * tests an implementation.
 */
export interface ProjectionStore {
  /**
   * The event store whose events its transactions append and read; undefined if they take no events. Inline projections
   * need it.
   */
  readonly eventsBeside?: EventsBeside | undefined;
  /**
   * Registers a version of a read model, which must happen before it is used. Repeating it changes nothing, and several
   * processes may do it at once. It is stored and survives the process.
   * @throws InvalidReadModelError if the schema is malformed, or the version has another schema; StoreClosedError
   */
  prepare(schema: ReadModelSchema): Promise<void>;
  /**
   * Returns the documents with these ids, by id, frozen or as copies; missing ones are left out.
   * @throws UnknownReadModelError, StoreClosedError
   */
  get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>>;
  /** Returns a page of documents, sorted. @throws InvalidDocumentQueryError, UnknownReadModelError, StoreClosedError */
  find(readModel: string, version: number, query?: DocumentQuery): Promise<DocumentPage>;
  /** Returns the last position that a segment has handled; 0n if there is none. @throws StoreClosedError */
  checkpoint(name: CheckpointName): Promise<bigint>;
  /**
   * Writes documents and moves the checkpoint, all or nothing, and only if the checkpoint is where the caller expects
   * it. If two processes run one projection, only one of them commits each page.
   *
   * If the reply to a commit is lost, a store may retry and find its own commit: `{ ok: false, checkpoint }` with
   * `checkpoint` at `to`. Continuing from `checkpoint` is correct in every case.
   *
   * The version of the checkpoint, and the versions that are written to, must be open: prepared, not dropped, and not
   * below the active one.
   * @throws InvalidCommitError, UnknownReadModelError, UnstorableValueError, StoreClosedError
   */
  commit(commit: ProjectionCommit): Promise<CommitOutcome>;
  /** Returns the version that readers see; undefined before the first `activate`. @throws StoreClosedError */
  active(readModel: string): Promise<number | undefined>;
  /**
   * Switches readers to a version, in one step; does nothing if they already see a later one. Lower versions are
   * closed: their checkpoints are deleted, and later commits, claims and locks of theirs fail. Their documents can be
   * read until they are dropped.
   * @throws UnknownReadModelError, StoreClosedError
   */
  activate(readModel: string, version: number): Promise<void>;
  /**
   * Drops a version: the read model with its documents, and the checkpoints, leases and dead letters of the projection
   * of that name. If it was the active version, none is active. With the last version, all that is stored of the
   * process of that name is deleted. Concurrent writers leave nothing behind.
   * @param options `unlessActive`: keeps the version that readers see; a simultaneous switch comes before or after
   * @returns whether the version is gone
   * @throws StoreClosedError
   */
  drop(name: string, version: number, options?: { readonly unlessActive?: boolean }): Promise<boolean>;
  /** Returns the versions that were prepared and not dropped, ascending. @throws StoreClosedError */
  versions(name: string): Promise<readonly ReadModelVersion[]>;
  readonly leases: SegmentLeases;
  readonly deadLetters: DeadLetters;
  /** What processes have decided and what they wait for; undefined if the store keeps no processes. */
  readonly processes?: ProcessStore | undefined;
  /**
   * Handles many segments and versions at once; without it they are handled one by one. A store that wraps another one
   * and changes what one of the other methods does must change it here as well, or leave this out.
   */
  readonly bulk?: ProjectionBulk | undefined;
  /**
   * Runs work in one transaction. It commits when the work resolves, and rolls back when the work throws or gets a
   * conflict from `append`. It also rolls back, and rejects, when one of its calls has failed but the work continued.
   * Other commits and appends of this store may wait meanwhile, so the work must not wait for them. The work may run
   * again if the store rolled the transaction back because of another one.
   */
  transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T>;
}

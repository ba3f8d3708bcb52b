import type { CheckpointName } from './projection-commit';

/** A claim of a segment by a process. */
export interface LeaseClaim {
  /** Names the process: a UUID, different for each. */
  readonly owner: string;
  /** How long the lease lasts, in milliseconds, by the clock of the store. */
  readonly duration: number;
  /** A note for other processes, at most 20,000 characters without NUL. Each claim replaces it; default none. */
  readonly note?: string | undefined;
}

/** A process that wants a share of the segments of a version, and how long it counts as present. */
export type Member = Pick<LeaseClaim, 'owner' | 'duration'>;

/** The outcome of a claim. */
export type LeaseOutcome =
  | {
      readonly ok: true;
      /**
       * Increases whenever the segment changes hands. A commit with an older fence is refused. No fence is used twice,
       * even if a version is dropped and prepared again.
       */
      readonly fence: bigint;
      /** The checkpoint. */
      readonly position: bigint;
    }
  | {
      readonly ok: false;
      readonly owner: string;
      /** Milliseconds until it is free, unless its owner renews it. */
      readonly freeIn: number;
    };

/** The stored state of one segment of a projection. */
export interface SegmentState {
  readonly segment: number;
  readonly position: bigint;
  /** Undefined if no process holds it, or the lease has expired. */
  readonly owner: string | undefined;
  /** Milliseconds until the lease expires; 0 without an owner. */
  readonly freeIn: number;
  /** Whether its last owner gave it back; false while it is held, after a lease that expired, and if never claimed. */
  readonly released: boolean;
  /** The note of the owner's last claim; undefined without an owner. */
  readonly note: string | undefined;
}

/**
 * Distributes the segments of projections over processes; one process at a time holds a segment. A process that is
 * frozen past the end of its lease does no harm, because its commits carry an old fence. Technique: M. Kleppmann, "How
 * to do distributed locking" (2016), fencing tokens.
 */
export interface SegmentLeases {
  /**
   * Claims a free segment, or renews the caller's own lease with the same fence. It uses the store's clock, so the
   * clocks of processes may differ.
   * @throws InvalidCommitError for a malformed name or claim, UnknownReadModelError if the version is not prepared, or
   * closed, StoreClosedError
   */
  claim(name: CheckpointName, claim: LeaseClaim): Promise<LeaseOutcome>;
  /**
   * Releases a segment, if this owner still holds it with this fence. Later commits with the fence are refused.
   * @throws StoreClosedError
   */
  release(name: CheckpointName, lease: { readonly owner: string; readonly fence: bigint }): Promise<void>;
  /**
   * Adds a process to the members of a version, or renews its membership, for the time it states; returns the owners of
   * all members, in no order. It uses the store's clock.
   * @throws InvalidCommitError for a malformed name or member, UnknownReadModelError if the version is not prepared, or
   * closed, StoreClosedError
   */
  join(projection: string, version: number, member: Member): Promise<readonly string[]>;
  /** Returns the owners of all members of a version, in no order. @throws StoreClosedError */
  members(projection: string, version: number): Promise<readonly string[]>;
  /** Removes a process from the members of a version. @throws StoreClosedError */
  leave(projection: string, version: number, owner: string): Promise<void>;
  /**
   * Returns the segments of a version that have a checkpoint or were ever claimed, ascending. @throws StoreClosedError
   */
  segments(projection: string, version: number): Promise<readonly SegmentState[]>;
}

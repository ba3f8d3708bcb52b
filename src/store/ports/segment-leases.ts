import type { CheckpointName } from './projection-commit';

/** Who wants a segment, and for how long. */
export interface LeaseClaim {
  /** Names the process, differently for each: a UUID. */
  readonly owner: string;
  /** For how long nobody else gets the segment, in milliseconds, by the clock of the store. */
  readonly duration: number;
  /**
   * What the owner has to say to other processes; at most 20,000 characters without NUL. Each claim replaces it;
   * default nothing.
   */
  readonly note?: string | undefined;
}

/** A process that wants a share of the segments of a version, and for how long it is taken to be there. */
export type Member = Pick<LeaseClaim, 'owner' | 'duration'>;

/** What became of a claim. */
export type LeaseOutcome =
  | {
      readonly ok: true;
      /** Rises whenever the segment changes hands: a commit that names an older one is refused. */
      readonly fence: bigint;
      /** Where the checkpoint stands. */
      readonly position: bigint;
    }
  | {
      readonly ok: false;
      readonly owner: string;
      /** Milliseconds until it is free, unless its owner renews it. */
      readonly freeIn: number;
    };

/** One segment of a projection, as the store knows it. */
export interface SegmentState {
  readonly segment: number;
  readonly position: bigint;
  /** Undefined where nobody has it, or the lease has run out. */
  readonly owner: string | undefined;
  /** Milliseconds that the lease still holds; 0 without an owner. */
  readonly freeIn: number;
  /** What the owner said with its last claim; undefined without an owner. */
  readonly note: string | undefined;
}

/**
 * Spreads the segments of projections over processes: each is worked on by one at a time. A process that is frozen past
 * the end of its lease does no harm: its commits carry a fence that is no longer the segment's. Technique: M.
 * Kleppmann, "How to do distributed locking" (2016), fencing tokens.
 */
export interface SegmentLeases {
  /**
   * Takes a segment that is free, or renews one's own, with the same fence. The clock is the store's, so those of
   * processes may differ.
   * @throws InvalidCommitError for a malformed name or claim, UnknownReadModelError where the version is not prepared,
   * or closed, StoreClosedError
   */
  claim(name: CheckpointName, claim: LeaseClaim): Promise<LeaseOutcome>;
  /**
   * Gives a segment back, if it is still this owner's with this fence: no commit with it goes through any more. @throws
   * StoreClosedError
   */
  release(name: CheckpointName, lease: { readonly owner: string; readonly fence: bigint }): Promise<void>;
  /**
   * Takes a process among the members of a version, or keeps it there, for as long as it says; returns the owners of
   * all members, in no order. The clock is the store's.
   * @throws InvalidCommitError for a malformed name or member, UnknownReadModelError where the version is not prepared,
   * or closed, StoreClosedError
   */
  join(projection: string, version: number, member: Member): Promise<readonly string[]>;
  /** Takes a process from the members of a version, where it is one. @throws StoreClosedError */
  leave(projection: string, version: number, owner: string): Promise<void>;
  /**
   * Returns the segments of a version that have a checkpoint or were ever claimed, ascending. @throws StoreClosedError
   */
  segments(projection: string, version: number): Promise<readonly SegmentState[]>;
}

import type { ParkedSequence } from './dead-letters';
import type { CheckpointName, CommitOutcome } from './projection-commit';
import type { ReadModelVersion } from './read-model-version';
import type { LeaseClaim, LeaseOutcome, Member, SegmentState } from './segment-leases';

/** Names one version of a projection. */
export type VersionName = Pick<CheckpointName, 'projection' | 'version'>;

/** A claim of one segment. */
export interface SegmentClaim extends CheckpointName, LeaseClaim {}

/** A lease to release. */
export interface HeldLease extends CheckpointName {
  readonly owner: string;
  readonly fence: bigint;
}

/** A checkpoint to move past events that lead to no writes. */
export interface CheckpointMove extends CheckpointName {
  /** The position at which the checkpoint must be. */
  readonly from: bigint;
  readonly to: bigint;
  /** The fence of the lease, which must be that of the segment. */
  readonly fence: bigint;
}

/**
 * Does for many segments and versions at once what the other methods do for one, so that a process with many event
 * processors sends no more queries than a process with one. Each list of answers is in the order of the requests.
 *
 * No request waits for another one. Whatever the store cannot decide at once, because another transaction holds the
 * segment or the version, or would reject, is left undecided. The caller then uses the method for one, which waits or
 * throws the error.
 */
export interface ProjectionBulk {
  /** As `SegmentLeases.claim`; undefined if undecided. @throws InvalidCommitError, StoreClosedError */
  claim(claims: readonly SegmentClaim[]): Promise<readonly (LeaseOutcome | undefined)[]>;
  /** As `SegmentLeases.release`; false if undecided. @throws InvalidCommitError, StoreClosedError */
  release(leases: readonly HeldLease[]): Promise<readonly boolean[]>;
  /** As `SegmentLeases.join`; undefined if undecided. @throws InvalidCommitError, StoreClosedError */
  join(versions: readonly VersionName[], member: Member): Promise<readonly (readonly string[] | undefined)[]>;
  /** As `SegmentLeases.leave`; false if undecided. @throws StoreClosedError */
  leave(versions: readonly VersionName[], owner: string): Promise<readonly boolean[]>;
  /** As `SegmentLeases.segments`. @throws StoreClosedError */
  segments(versions: readonly VersionName[]): Promise<readonly (readonly SegmentState[])[]>;
  /** As `DeadLetters.sequences`. @throws StoreClosedError */
  parked(versions: readonly VersionName[]): Promise<readonly (readonly ParkedSequence[])[]>;
  /** As `ProjectionStore.versions`. @throws StoreClosedError */
  versions(names: readonly string[]): Promise<readonly (readonly ReadModelVersion[])[]>;
  /**
   * As `ProjectionStore.commit` without writes; undefined if undecided, or if the checkpoint or the fence is different.
   * @throws InvalidCommitError, StoreClosedError
   */
  pass(moves: readonly CheckpointMove[]): Promise<readonly (CommitOutcome | undefined)[]>;
}

import { EventualityError } from '../../messages';
import { checkClaim } from '../kit/projections/lease-checks';
import type { ParkedSequence } from '../ports/dead-letters';
import type { CheckpointMove, HeldLease, ProjectionBulk, SegmentClaim, VersionName } from '../ports/projection-bulk';
import type { CommitOutcome } from '../ports/projection-commit';
import type { ProjectionStore } from '../ports/projection-store';
import type { ReadModelVersion } from '../ports/read-model-version';
import type { LeaseOutcome, Member, SegmentState } from '../ports/segment-leases';

/** Handles segments one by one: in memory calls are cheap, and none waits for another. */
export class InMemoryBulk implements ProjectionBulk {
  constructor(private readonly store: ProjectionStore) {}

  async claim(claims: readonly SegmentClaim[]): Promise<readonly (LeaseOutcome | undefined)[]> {
    for (const claim of claims) checkClaim(claim, claim);
    return each(claims, claim => ifKnown(this.store.leases.claim(claim, claim)));
  }

  release(leases: readonly HeldLease[]): Promise<readonly boolean[]> {
    return each(leases, lease => this.store.leases.release(lease, lease).then(() => true));
  }

  join(versions: readonly VersionName[], member: Member): Promise<readonly (readonly string[] | undefined)[]> {
    return each(versions, ({ projection, version }) => ifKnown(this.store.leases.join(projection, version, member)));
  }

  leave(versions: readonly VersionName[], owner: string): Promise<readonly boolean[]> {
    return each(versions, ({ projection, version }) =>
      this.store.leases.leave(projection, version, owner).then(() => true),
    );
  }

  segments(versions: readonly VersionName[]): Promise<readonly (readonly SegmentState[])[]> {
    return each(versions, ({ projection, version }) => this.store.leases.segments(projection, version));
  }

  parked(versions: readonly VersionName[]): Promise<readonly (readonly ParkedSequence[])[]> {
    return each(versions, version => this.store.deadLetters.sequences(version));
  }

  versions(names: readonly string[]): Promise<readonly (readonly ReadModelVersion[])[]> {
    return each(names, name => this.store.versions(name));
  }

  pass(moves: readonly CheckpointMove[]): Promise<readonly (CommitOutcome | undefined)[]> {
    return each(moves, async ({ from, to, fence, ...checkpoint }) => {
      const outcome = await ifKnown(this.store.commit({ checkpoint, from, to, fence, writes: [] }));
      return outcome?.ok ? outcome : undefined;
    });
  }
}

const each = <Q, A>(questions: readonly Q[], ask: (question: Q) => Promise<A>): Promise<readonly A[]> =>
  Promise.all(questions.map(ask));

/** Undefined for a version that is not prepared, or closed. */
async function ifKnown<A>(answer: Promise<A>): Promise<A | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (EventualityError.is(error) && error.code === 'UNKNOWN_READ_MODEL') return undefined;
    throw error;
  }
}

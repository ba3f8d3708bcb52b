import { Beats, Gathered } from '../../concurrency';
import type {
  CheckpointMove,
  CheckpointName,
  CommitOutcome,
  HeldLease,
  LeaseOutcome,
  ParkedSequence,
  ProjectionBulk,
  ProjectionStore,
  SegmentClaim,
  SegmentState,
  VersionName,
} from '../../store';
import type { Membership } from '../segments/segment-assignment';
import { CALM_VERSION_POLL_INTERVAL_MS, VERSION_POLL_INTERVAL_MS } from '../versions/repeated-looks';
import { Soon } from './soon';

/** The bounds of the interval at which a process renews its leases, in milliseconds: a quarter of a lease. */
const MAX_INTERVAL_MS = 500;
const MIN_INTERVAL_MS = 20;
/** How long the positions that segments have passed after a silence are gathered. */
const COLLECT_MS = 50;

const versionKey = ({ projection, version }: VersionName): string => JSON.stringify([projection, version]);
const segmentKey = ({ projection, version, segment }: CheckpointName): string =>
  JSON.stringify([projection, version, segment]);

/**
 * The pulse of a process, one for all its event processors. They check leases, members, parked sequences and versions
 * at the same moments, and their queries are combined. So fifty processors send no more queries than one. If the store
 * cannot answer for one of them at once, only that one waits.
 */
export class ProcessorPulse {
  readonly #leaseBeats: Beats;
  /** Stores passed positions: other processes wait for them, so after a silence the next beat is too late. */
  readonly positions: Soon;
  readonly #versionBeats = new Beats(VERSION_POLL_INTERVAL_MS);
  readonly #calmVersionBeats: Beats;

  constructor(
    private readonly store: ProjectionStore,
    private readonly membership: Membership,
  ) {
    const interval = Math.max(MIN_INTERVAL_MS, Math.min(MAX_INTERVAL_MS, membership.leaseDuration / 4));
    this.#leaseBeats = new Beats(interval);
    // With short leases, other processes are to take over soon: also from newer code that has ended.
    const calm = Math.max(VERSION_POLL_INTERVAL_MS, Math.min(CALM_VERSION_POLL_INTERVAL_MS, membership.leaseDuration));
    this.#calmVersionBeats = new Beats(calm);
    this.positions = new Soon(Math.min(COLLECT_MS, interval), interval);
  }

  /** Resolves when leases are to be renewed next, or when the signal is aborted. */
  readonly leaseBeat = (signal: AbortSignal): Promise<void> => this.#leaseBeats.next(signal);

  /** Resolves when versions are to be checked next, or when the signal is aborted. `isCalm`: none is to change soon. */
  readonly versionBeat = (signal: AbortSignal, isCalm: boolean): Promise<void> =>
    (isCalm ? this.#calmVersionBeats : this.#versionBeats).next(signal);

  /** @throws as `SegmentLeases.claim` */
  claim(claim: SegmentClaim): Promise<LeaseOutcome> {
    return this.#claims.ask(claim);
  }

  /** @throws as `SegmentLeases.release` */
  release(lease: HeldLease): Promise<unknown> {
    return this.#releases.ask(lease);
  }

  /** Takes this process among the members of a version. @throws as `SegmentLeases.join` */
  join(version: VersionName): Promise<readonly string[]> {
    return this.#joins.ask(version);
  }

  /** Removes this process from the members of a version. @throws as `SegmentLeases.leave` */
  leave(version: VersionName): Promise<unknown> {
    return this.#leaves.ask(version);
  }

  /** @throws as `SegmentLeases.segments` */
  segments(version: VersionName): Promise<readonly SegmentState[]> {
    return this.#segments.ask(version);
  }

  /** @throws as `DeadLetters.sequences` */
  parked(version: VersionName): Promise<readonly ParkedSequence[]> {
    return this.#parked.ask(version);
  }

  /** Moves a checkpoint past events that lead to no writes. @throws as `ProjectionStore.commit` */
  pass(move: CheckpointMove): Promise<CommitOutcome> {
    return this.#passes.ask(move);
  }

  /** As {@link pass}, without waiting for others. */
  passAtOnce(move: CheckpointMove): Promise<CommitOutcome> {
    const { from, to, fence } = move;
    return this.store.commit({ checkpoint: nameOf(move), from, to, fence, writes: [] });
  }

  readonly #claims = new Gathered<SegmentClaim, LeaseOutcome>(segmentKey, claims =>
    this.#together(
      claims,
      bulk => bulk.claim(claims),
      claim => this.store.leases.claim(nameOf(claim), claim),
    ),
  );

  readonly #releases = new Gathered<HeldLease, unknown>(segmentKey, leases =>
    this.#together<HeldLease, unknown>(
      leases,
      async bulk => (await bulk.release(leases)).map(isReleased => isReleased || undefined),
      lease => this.store.leases.release(nameOf(lease), lease),
    ),
  );

  readonly #joins = new Gathered<VersionName, readonly string[]>(versionKey, versions => {
    const { owner, leaseDuration: duration } = this.membership;
    return this.#together(
      versions,
      bulk => bulk.join(versions, { owner, duration }),
      ({ projection, version }) => this.store.leases.join(projection, version, { owner, duration }),
    );
  });

  readonly #leaves = new Gathered<VersionName, unknown>(versionKey, versions => {
    const { owner } = this.membership;
    return this.#together<VersionName, unknown>(
      versions,
      async bulk => (await bulk.leave(versions, owner)).map(isLeft => isLeft || undefined),
      ({ projection, version }) => this.store.leases.leave(projection, version, owner),
    );
  });

  readonly #segments = new Gathered<VersionName, readonly SegmentState[]>(versionKey, versions =>
    this.#together(
      versions,
      bulk => bulk.segments(versions),
      ({ projection, version }) => this.store.leases.segments(projection, version),
    ),
  );

  readonly #parked = new Gathered<VersionName, readonly ParkedSequence[]>(versionKey, versions =>
    this.#together(
      versions,
      bulk => bulk.parked(versions),
      version => this.store.deadLetters.sequences(version),
    ),
  );

  readonly #passes = new Gathered<CheckpointMove, CommitOutcome>(segmentKey, moves =>
    this.#together(
      moves,
      bulk => bulk.pass(moves),
      move => this.passAtOnce(move),
    ),
  );

  /** Asks in bulk if the store can. What remains undecided is asked one by one. */
  #together<Q, A>(
    questions: readonly Q[],
    inBulk: (bulk: ProjectionBulk) => Promise<readonly (A | undefined)[]>,
    one: (question: Q) => Promise<A>,
  ): readonly Promise<A>[] {
    const { bulk } = this.store;
    if (!bulk || questions.length === 1) return questions.map(question => one(question));
    const answers = inBulk(bulk);
    return questions.map(async (question, place) => (await answers)[place] ?? one(question));
  }
}

const nameOf = ({ projection, version, segment }: CheckpointName): CheckpointName => ({ projection, version, segment });

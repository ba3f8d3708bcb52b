import type { Clock } from '../../messages';
import { checkClaim, checkMember } from '../kit/projections/lease-checks';
import { decideClaim, isHeld, type KnownLease, segmentState } from '../kit/projections/lease-rules';
import { checkCheckpoint } from '../kit/projections/projection-checks';
import type { CheckpointName } from '../ports/projection-commit';
import type { LeaseClaim, LeaseOutcome, Member, SegmentLeases, SegmentState } from '../ports/segment-leases';
import type { InMemoryAccess } from './in-memory-access';

/** What leases need to know about versions. */
export interface LeasedVersions {
  /** The positions of a version's segments, by their numbers. */
  readonly positions: (projection: string, version: number) => ReadonlyMap<number, bigint>;
  /** @throws UnknownReadModelError if a version accepts no more writes */
  readonly refuseClosed: (projection: string, version: number) => void;
}

/** Leases in the memory of the process. */
export class InMemoryLeases implements SegmentLeases {
  readonly #leases = new Map<string, Map<number, KnownLease>>();
  readonly #members = new Map<string, Map<string, Pick<KnownLease, 'until' | 'duration'>>>();

  constructor(
    private readonly clock: Clock,
    private readonly access: InMemoryAccess,
    private readonly versions: LeasedVersions,
  ) {}

  async claim(name: CheckpointName, { owner, duration, note }: LeaseClaim): Promise<LeaseOutcome> {
    const claim = { owner, duration, note };
    checkClaim(name, claim);
    const { projection, version, segment } = name;
    return this.access.write(() => this.#claim({ projection, version, segment }, claim));
  }

  async release(
    name: CheckpointName,
    { owner, fence }: { readonly owner: string; readonly fence: bigint },
  ): Promise<void> {
    checkCheckpoint(name);
    const { projection, version, segment } = name;
    await this.access.write(() => {
      const leases = this.#of(projection, version);
      const lease = leases.get(segment);
      if (lease?.owner === owner && lease.fence === fence)
        leases.set(segment, { ...lease, owner: undefined, note: undefined });
    });
  }

  async join(projection: string, version: number, { owner, duration }: Member): Promise<readonly string[]> {
    checkMember(projection, version, { owner, duration });
    return this.access.write(() => {
      this.versions.refuseClosed(projection, version);
      const now = this.clock.now();
      const members = new Map([...this.#there(projection, version, now), [owner, { until: now + duration, duration }]]);
      this.#members.set(keyOf(projection, version), members);
      return [...members.keys()];
    });
  }

  async members(projection: string, version: number): Promise<readonly string[]> {
    const there = this.access.read(() => this.#there(projection, version, this.clock.now()));
    return there.map(([owner]) => owner);
  }

  async leave(projection: string, version: number, owner: string): Promise<void> {
    await this.access.write(() => void this.#members.get(keyOf(projection, version))?.delete(owner));
  }

  async segments(projection: string, version: number): Promise<readonly SegmentState[]> {
    const leases = this.access.read(() => this.#of(projection, version));
    const positions = this.versions.positions(projection, version);
    const now = this.clock.now();
    const segments = [...new Set([...leases.keys(), ...positions.keys()])].sort((one, other) => one - other);
    return segments.map(segment => segmentState(segment, positions.get(segment) ?? 0n, leases.get(segment), now));
  }

  /** Tells whether a fence is that of the segment's owner. */
  holds({ projection, version, segment }: CheckpointName, fence: bigint): boolean {
    const lease = this.#leases.get(keyOf(projection, version))?.get(segment);
    return lease?.fence === fence && lease.owner !== undefined;
  }

  drop(projection: string, version: number): void {
    this.#leases.delete(keyOf(projection, version));
    this.#members.delete(keyOf(projection, version));
  }

  #claim({ projection, version, segment }: CheckpointName, claim: LeaseClaim): LeaseOutcome {
    this.versions.refuseClosed(projection, version);
    const leases = this.#of(projection, version);
    const decision = decideClaim(leases.get(segment), claim, this.clock.now());
    if (!decision.ok) return decision;
    const { lease } = decision;
    leases.set(segment, lease);
    this.#leases.set(keyOf(projection, version), leases);
    return { ok: true, fence: lease.fence, position: this.versions.positions(projection, version).get(segment) ?? 0n };
  }

  /** The members that have not expired. */
  #there(projection: string, version: number, now: number): [string, Pick<KnownLease, 'until' | 'duration'>][] {
    return [...(this.#members.get(keyOf(projection, version)) ?? [])].filter(([, each]) => isHeld(each, now));
  }

  #of(projection: string, version: number): Map<number, KnownLease> {
    return this.#leases.get(keyOf(projection, version)) ?? new Map<number, KnownLease>();
  }
}

const keyOf = (projection: string, version: number): string => JSON.stringify([projection, version]);

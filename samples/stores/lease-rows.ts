import type { Clock } from 'eventuality';
import {
  decideClaim,
  isHeld,
  type KnownLease,
  type LeaseClaim,
  type LeaseOutcome,
  type Member,
  type SegmentState,
  segmentState,
} from 'eventuality/store-kit';
import type { Rows } from './rows';

type LeaseRow = Omit<KnownLease, 'fence'> & { readonly fence: string };

/** Who has the segments of one version, and which processes take part in it, as rows. */
export class LeaseRows {
  readonly #leases: string;
  readonly #members: string;

  constructor(
    private readonly rows: Rows,
    private readonly clock: Clock,
    projection: string,
    version: number,
  ) {
    this.#leases = JSON.stringify(['leases', projection, version]);
    this.#members = JSON.stringify(['members', projection, version]);
  }

  claim(segment: number, claim: LeaseClaim, position: bigint): LeaseOutcome {
    const decision = decideClaim(this.#lease(segment), claim, this.clock.now());
    if (!decision.ok) return decision;
    const { fence } = decision.lease;
    this.rows.set(this.#leases, segment, { ...decision.lease, fence: String(fence) });
    return { ok: true, fence, position };
  }

  release(segment: number, { owner, fence }: { readonly owner: string; readonly fence: bigint }): void {
    const lease = this.#lease(segment);
    if (lease?.owner === owner && lease.fence === fence)
      this.rows.set(this.#leases, segment, {
        ...lease,
        fence: String(fence),
        owner: undefined,
        note: undefined,
      });
  }

  holds(segment: number, fence: bigint): boolean {
    const lease = this.#lease(segment);
    return lease?.fence === fence && lease.owner !== undefined;
  }

  segments(positions: ReadonlyMap<number, bigint>): readonly SegmentState[] {
    const claimed = [...this.rows.all(this.#leases).keys()].map(Number);
    const segments = [...new Set([...claimed, ...positions.keys()])].sort((one, other) => one - other);
    const now = this.clock.now();
    return segments.map(segment => segmentState(segment, positions.get(segment) ?? 0n, this.#lease(segment), now));
  }

  join({ owner, duration }: Member): readonly string[] {
    const now = this.clock.now();
    this.rows.set(this.#members, owner, { until: now + duration, duration });
    for (const [other, held] of this.rows.all<KnownLease>(this.#members))
      if (!isHeld(held, now)) this.rows.set(this.#members, other, null);
    return this.members();
  }

  members(): readonly string[] {
    const now = this.clock.now();
    return [...this.rows.all<KnownLease>(this.#members)]
      .filter(([, held]) => isHeld(held, now))
      .map(([owner]) => owner);
  }

  leave(owner: string): void {
    if (this.rows.all(this.#members).has(owner)) this.rows.set(this.#members, owner, null);
  }

  clear(): void {
    this.rows.clear(this.#leases);
    this.rows.clear(this.#members);
  }

  #lease(segment: number): KnownLease | undefined {
    const row = this.rows.get<LeaseRow>(this.#leases, segment);
    return row && { ...row, owner: row.owner, note: row.note, fence: BigInt(row.fence) };
  }
}

import type { LeaseClaim, SegmentState } from './segment-leases';

/** A lease as a store keeps it. */
export interface KnownLease {
  /** Undefined when it was given back. */
  readonly owner: string | undefined;
  /** When it runs out, in milliseconds, by the clock of the store. */
  readonly until: number;
  readonly fence: bigint;
}

/** What becomes of a claim: the lease that is to be kept, or who has it. */
export type LeaseDecision =
  | { readonly ok: true; readonly lease: KnownLease }
  | { readonly ok: false; readonly owner: string; readonly freeIn: number };

/** Decides on a claim, given what is kept of the segment. For those who write a store. */
export function decideClaim(known: KnownLease | undefined, { owner, duration }: LeaseClaim, now: number): LeaseDecision {
  if (known?.owner !== undefined && known.owner !== owner && known.until > now) {
    return { ok: false, owner: known.owner, freeIn: known.until - now };
  }
  const fence = known?.owner === owner ? known.fence : (known?.fence ?? 0n) + 1n;
  return { ok: true, lease: { owner, until: now + duration, fence } };
}

/** Says how a segment stands. For those who write a store. */
export function segmentState(segment: number, position: bigint, lease: KnownLease | undefined, now: number): SegmentState {
  const held = lease?.owner !== undefined && lease.until > now;
  return { segment, position, owner: held ? lease.owner : undefined, freeIn: held ? lease.until - now : 0 };
}

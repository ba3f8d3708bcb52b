import type { LeaseClaim, SegmentState } from '../../ports/segment-leases';

/** A lease as a store keeps it. */
export interface KnownLease {
  /** Undefined when it was given back. */
  readonly owner: string | undefined;
  /** When it runs out, in milliseconds, by the clock of the store. */
  readonly until: number;
  /** For how long it was claimed, in milliseconds. */
  readonly duration: number;
  readonly fence: bigint;
  /** What its owner has to say. */
  readonly note: string | undefined;
}

/**
 * By how much a lease may seem to hold longer than it was claimed for, in milliseconds: a clock is corrected by so much
 * without a lease changing hands.
 */
export const LEASE_TOLERANCE_MS = 1000;

/** What becomes of a claim: the lease that is to be kept, or who has it. */
export type LeaseDecision =
  | { readonly ok: true; readonly lease: KnownLease }
  | { readonly ok: false; readonly owner: string; readonly freeIn: number };

/** Decides on a claim, given what is kept of the segment. For those who write a store. */
export function decideClaim(
  known: KnownLease | undefined,
  { owner, duration, note }: LeaseClaim,
  now: number,
): LeaseDecision {
  if (known?.owner !== undefined && known.owner !== owner && isHeld(known, now)) {
    return { ok: false, owner: known.owner, freeIn: known.until - now };
  }
  const fence = known?.owner === owner ? known.fence : (known?.fence ?? 0n) + 1n;
  return { ok: true, lease: { owner, until: now + duration, duration, fence, note } };
}

/** Says how a segment stands. For those who write a store. */
export function segmentState(
  segment: number,
  position: bigint,
  lease: KnownLease | undefined,
  now: number,
): SegmentState {
  const held = lease?.owner !== undefined && isHeld(lease, now);
  if (!held) return { segment, position, owner: undefined, freeIn: 0, note: undefined };
  return { segment, position, owner: lease.owner, freeIn: lease.until - now, note: lease.note };
}

/**
 * Tells whether a lease, or a membership, still holds. One that holds for longer than it was claimed for is from before
 * the clock was set back: it has run out, else it would outlive its owner. For those who write a store.
 */
export const isHeld = ({ until, duration }: Pick<KnownLease, 'until' | 'duration'>, now: number): boolean =>
  until > now && until - now <= duration + LEASE_TOLERANCE_MS;

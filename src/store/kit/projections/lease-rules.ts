import { randomInt } from 'node:crypto';
import type { LeaseClaim, SegmentState } from '../../ports/segment-leases';

/** A lease as a store stores it. */
export interface KnownLease {
  /** Undefined after it was released. */
  readonly owner: string | undefined;
  /** When it expires, in milliseconds, by the clock of the store. */
  readonly until: number;
  /** The duration of the claim, in milliseconds. */
  readonly duration: number;
  readonly fence: bigint;
  /** The note of its owner. */
  readonly note: string | undefined;
}

/**
 * How much longer than its duration a lease may seem to hold, in milliseconds, so that small corrections of a clock do
 * not end leases.
 */
export const LEASE_TOLERANCE_MS = 1000;

/** First fences are below this, far below the largest safe integer, because each new owner adds one. */
const MAX_FIRST_FENCE = 2 ** 47;

/**
 * Returns a random fence for the first lease of a segment, so that no fence of a dropped version, or of a store that
 * was recreated under a running process, is used again. For store authors.
 */
export const firstFence = (): bigint => BigInt(randomInt(1, MAX_FIRST_FENCE));

/** The decision on a claim: the lease to store, or its current owner. */
export type LeaseDecision =
  | { readonly ok: true; readonly lease: KnownLease }
  | { readonly ok: false; readonly owner: string; readonly freeIn: number };

/** Decides on a claim of a segment, given its stored lease. For store authors. */
export function decideClaim(
  known: KnownLease | undefined,
  { owner, duration, note }: LeaseClaim,
  now: number,
): LeaseDecision {
  if (known?.owner !== undefined && known.owner !== owner && isHeld(known, now)) {
    return { ok: false, owner: known.owner, freeIn: known.until - now };
  }
  const fence = fenceAfter(known, owner);
  return { ok: true, lease: { owner, until: now + duration, duration, fence, note } };
}

/** The owner keeps its fence; the next one gets a higher one. */
function fenceAfter(known: KnownLease | undefined, owner: string): bigint {
  if (!known) return firstFence();
  return known.owner === owner ? known.fence : known.fence + 1n;
}

/** Returns the state of a segment. For store authors. */
export function segmentState(
  segment: number,
  position: bigint,
  lease: KnownLease | undefined,
  now: number,
): SegmentState {
  const held = lease?.owner !== undefined && isHeld(lease, now);
  if (held)
    return { segment, position, owner: lease.owner, freeIn: lease.until - now, released: false, note: lease.note };
  const released = lease !== undefined && lease.owner === undefined;
  return { segment, position, owner: undefined, freeIn: 0, released, note: undefined };
}

/**
 * Tells whether a lease or a membership is still valid. One that would last longer than its duration was made before
 * the clock was set back, and counts as expired; otherwise it would outlive its owner. For store authors.
 */
export const isHeld = ({ until, duration }: Pick<KnownLease, 'until' | 'duration'>, now: number): boolean =>
  until > now && until - now <= duration + LEASE_TOLERANCE_MS;

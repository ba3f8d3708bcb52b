import type { SegmentState } from '../../store';

/** From this number on, segments are claimed by processes only to be seen: those who hold one are there. */
const FIRST_MEMBER = 1001;

/** Who this process is among those that share the segments. */
export interface Membership {
  readonly owner: string;
  /** For how long a segment is this process's without a sign of life, in milliseconds. */
  readonly leaseDuration: number;
}

/** Who works on a version, and on what. */
export interface SegmentAssignment {
  /** How many segments this process is to have. */
  readonly quota: number;
  /** The segments that nobody has. */
  readonly free: readonly number[];
  /** A number by which this process can show itself; its own, where it has one. */
  readonly seat: number;
}

/** Divides the segments evenly: the processes in the order of their ids, the first ones get what is left over. */
export function segmentAssignmentOf(
  states: readonly SegmentState[],
  segments: number,
  owner: string,
): SegmentAssignment {
  const members = new Set([owner]);
  const held = new Set<number>();
  const seats = new Map<number, string>();
  for (const state of states) {
    if (state.owner === undefined) continue;
    if (state.segment < segments) held.add(state.segment);
    if (state.segment >= FIRST_MEMBER) seats.set(state.segment, state.owner);
    if (state.segment < segments || state.segment >= FIRST_MEMBER) members.add(state.owner);
  }
  const rank = [...members].sort().indexOf(owner);
  const quota = Math.floor(segments / members.size) + (rank < segments % members.size ? 1 : 0);
  const free = Array.from({ length: segments }, (_, segment) => segment).filter(segment => !held.has(segment));
  let seat = [...seats].find(([, sitting]) => sitting === owner)?.[0] ?? FIRST_MEMBER;
  while (seats.has(seat) && seats.get(seat) !== owner) seat++;
  return { quota, free, seat };
}

import type { SegmentState } from '../../store';

/** Who this process is among those that share the segments. */
export interface Membership {
  readonly owner: string;
  /** For how long a segment is this process's without a sign of life, in milliseconds. */
  readonly leaseDuration: number;
}

/** What a process is to work on. */
export interface SegmentAssignment {
  /** How many segments this process is to have. */
  readonly quota: number;
  /** The segments that no process has. */
  readonly free: readonly number[];
}

/**
 * Divides the segments evenly: the processes in the order of their ids, the first ones get what is left over. Those
 * that hold a segment count as well as the members.
 */
export function segmentAssignmentOf(
  states: readonly SegmentState[],
  segments: number,
  members: readonly string[],
  owner: string,
): SegmentAssignment {
  const held = new Map(states.flatMap(state => (state.owner === undefined ? [] : [[state.segment, state.owner]])));
  const all = [...new Set([owner, ...members, ...held.values()])].sort();
  const quota = Math.floor(segments / all.length) + (all.indexOf(owner) < segments % all.length ? 1 : 0);
  const free = Array.from({ length: segments }, (_, segment) => segment).filter(segment => !held.has(segment));
  return { quota, free };
}

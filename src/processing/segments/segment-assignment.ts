import type { SegmentState } from '../../store';

/** This process as a member of those that share the segments. */
export interface Membership {
  readonly owner: string;
  /** How long this process keeps a segment without a sign of life, in milliseconds. */
  readonly leaseDuration: number;
}

/** The segments that a process works on. */
export interface SegmentAssignment {
  /** How many segments this process should own. */
  readonly quota: number;
  /** The segments that no process owns. */
  readonly free: readonly number[];
}

/**
 * Divides the segments evenly among the processes, in the order of their ids; the first ones get the remainder. Owners
 * of segments count as well as members.
 */
export function segmentAssignmentOf(
  states: readonly Pick<SegmentState, 'segment' | 'owner'>[],
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

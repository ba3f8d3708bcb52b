import type { StoredDeadline } from '../../../store';

/** Deadlines that were found in one look, and where the events went then. */
interface Found {
  readonly head: bigint;
  readonly deadlines: readonly StoredDeadline[];
}

/**
 * Deadlines that are due, until the segment has come to where the events went when each was found: what was recorded in
 * time comes first. Those found again wait no longer for that, so a segment that is always a little behind lets them
 * fire all the same.
 */
export class LateDeadlines {
  #found: readonly Found[] = [];

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** Returns those that do not wait yet. */
  unknown(deadlines: readonly StoredDeadline[]): readonly StoredDeadline[] {
    const known = new Set(this.#found.flatMap(found => found.deadlines.map(({ id }) => id)));
    return deadlines.filter(({ id }) => !known.has(id));
  }

  add(head: bigint, deadlines: readonly StoredDeadline[]): void {
    this.#found = [...this.#found, { head, deadlines }];
  }

  /** Tells whether some can fire at a position. */
  mayFire(position: bigint): boolean {
    return this.#found.some(({ head }) => head <= position);
  }

  /** Returns those that can fire at a position. They stay until {@link fired}. */
  ready(position: bigint): readonly StoredDeadline[] {
    return this.#found.filter(({ head }) => head <= position).flatMap(({ deadlines }) => deadlines);
  }

  fired(position: bigint): void {
    this.#found = this.#found.filter(({ head }) => head > position);
  }
}

import type { StoredDeadline } from '../../../store';

/** Deadlines found by one query, and the position of the last event at that time. */
interface Found {
  readonly head: bigint;
  readonly deadlines: readonly StoredDeadline[];
}

/**
 * Holds due deadlines back until the segment has handled the events that were stored when each was found, because
 * events recorded in time come first. Finding a deadline again does not prolong its wait, so it also fires in a segment
 * that is always a little behind.
 */
export class LateDeadlines {
  #found: readonly Found[] = [];

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** Returns those that are not waiting yet. */
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

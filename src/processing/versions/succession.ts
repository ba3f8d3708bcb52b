import type { ProjectionStore, ReadModelVersion } from '../../store';

/** What decides: the code of this process, and for how long a process may give no sign of life, in milliseconds. */
export interface SuccessionParts {
  readonly store: ProjectionStore;
  readonly name: string;
  readonly revision: number;
  readonly leaseDuration: number;
}

/**
 * Decides, while processes with different code run beside each other, whose version is read: the one of the highest
 * revision that a process follows. Of equal revisions, the one whose code was started last. So two codes never take
 * turns: what changes the decision is a process that starts, or the last one that ends.
 */
export class Succession {
  /** Since when no process has been seen to follow a version, by `performance.now()`. */
  readonly #unfollowed = new Map<number, number>();

  constructor(private readonly parts: SuccessionParts) {}

  /** Whether this code, which has no version, makes one though it has not just been started. */
  async begins(active: ReadModelVersion | undefined): Promise<boolean> {
    return !active || active.revision < this.parts.revision || this.#isAbandoned(active);
  }

  /** Whether a version of this code may take the place of the one that is read. */
  async mayReplace(active: ReadModelVersion | undefined): Promise<boolean> {
    return !active || active.revision <= this.parts.revision || this.#isAbandoned(active);
  }

  /**
   * Whether it was looked twice, a lease apart or more, and no process had a segment at either look or between them.
   */
  async #isAbandoned({ version }: ReadModelVersion): Promise<boolean> {
    const { store, name, leaseDuration } = this.parts;
    const states = await store.leases.segments(name, version);
    const now = performance.now();
    const since = this.#unfollowed.get(version) ?? now;
    this.#unfollowed.clear();
    if (states.some(({ owner }) => owner !== undefined)) return false;
    this.#unfollowed.set(version, since);
    return now - since >= leaseDuration;
  }
}

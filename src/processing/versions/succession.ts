import type { ProjectionStore, ReadModelVersion } from '../../store';

/** The criteria: the code of this process, and how long a process may be silent, in milliseconds. */
export interface SuccessionParts {
  readonly store: ProjectionStore;
  readonly name: string;
  readonly revision: number;
  readonly leaseDuration: number;
}

/**
 * Decides which version readers see while processes with different code run side by side: the version with the highest
 * revision that a process follows. For equal revisions, the version whose code was started last. So two deployments
 * never take turns: only a process that starts, or the last one to stop, changes the decision. A process that closes
 * says so, and is replaced in the next round; one that dies or freezes is waited for.
 */
export class Succession {
  /** When a version was first seen without a process that follows it, by `performance.now()`. */
  readonly #unfollowed = new Map<number, number>();

  constructor(private readonly parts: SuccessionParts) {}

  /** Whether this code, which has no version, creates one although the process has not just started. */
  async begins(active: ReadModelVersion | undefined): Promise<boolean> {
    return !active || active.revision < this.parts.revision || this.#isAbandoned(active);
  }

  /** Whether a version of this code may replace the one that readers see. */
  async mayReplace(active: ReadModelVersion | undefined): Promise<boolean> {
    return !active || active.revision <= this.parts.revision || this.#isAbandoned(active);
  }

  /**
   * Whether no process follows a version any more: all have closed, or in two checks at least a lease apart, and in
   * every check between them, none had a segment or stood by. A version without claims has a process that is just
   * starting.
   */
  async #isAbandoned({ version, segments }: ReadModelVersion): Promise<boolean> {
    const { store, name, leaseDuration } = this.parts;
    const states = await store.leases.segments(name, version);
    // Read last: a process joins before it claims a segment, so one that started meanwhile is found here.
    const members = await store.leases.members(name, version);
    const now = performance.now();
    const since = this.#unfollowed.get(version) ?? now;
    this.#unfollowed.clear();
    if (members.length > 0 || states.some(({ owner }) => owner !== undefined)) return false;
    if (states.filter(({ released }) => released).length === segments) return true;
    this.#unfollowed.set(version, since);
    return now - since >= leaseDuration;
  }
}

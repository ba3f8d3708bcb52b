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
 * turns: what changes the decision is a process that starts, or the last one that ends. One that closes says so, and is
 * replaced at the next look; one that dies or freezes is waited for.
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
   * Whether all processes that followed a version have closed; or it was looked twice, a lease apart or more, and none
   * had a segment, or stood by, at either look or between them. A version without claims has a process that begins.
   */
  async #isAbandoned({ version, segments }: ReadModelVersion): Promise<boolean> {
    const { store, name, leaseDuration } = this.parts;
    const states = await store.leases.segments(name, version);
    // Afterwards: a process joins before it claims a segment, so one that has come meanwhile is found here.
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

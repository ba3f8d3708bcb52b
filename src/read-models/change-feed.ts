import { pause } from '../concurrency';
import { type ActiveVersions, activeOf } from '../processing';
import type { EventStore, ProjectionStore, ReadModelVersion } from '../store';
import type { LiveDocuments } from './live-documents';

/** Who wants to know of changes. */
export interface ChangeListener {
  /** Is told the name of a read model when its documents may have changed. */
  changed(name: string): void;
  /** The read models it is about; undefined or none for all of them. */
  readonly about: ReadonlySet<string> | undefined;
}

/**
 * Milliseconds between two looks at what other processes did, and before events that could not be followed are followed
 * again.
 */
const POLL_INTERVAL_MS = 100;

/** What there is to look at. */
export interface ChangeSources {
  readonly eventStore: EventStore;
  /** The projections whose documents are stored. */
  readonly stored: readonly string[];
  /** Undefined where nothing is stored. */
  readonly store: ProjectionStore | undefined;
  readonly active: ActiveVersions;
  readonly live: ReadonlyMap<string, LiveDocuments>;
}

/**
 * Tells who listens that read models may have changed: at once of what this process committed, and within about
 * {@link POLL_INTERVAL_MS} of what others did, by their checkpoints. Without listeners it does nothing.
 */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>();
  readonly #marks = new Map<string, string>();
  #looking: AbortController | undefined;
  #started: Promise<void> | undefined;
  readonly #following = new Map<string, AbortController>();

  constructor(private readonly sources: ChangeSources) {}

  /** Says that this process has changed a read model. */
  readonly changed = (name: string): void => {
    for (const listener of this.#listeners) listener.changed(name);
  };

  /** Adds a listener; from when it resolves no change is missed. Call what it resolves to when no more is wanted. */
  async subscribe(listener: ChangeListener): Promise<() => void> {
    this.#listeners.add(listener);
    try {
      this.#started ??= this.#start();
      await this.#started;
    } catch (error) {
      this.#remove(listener);
      throw error;
    }
    return () => this.#remove(listener);
  }

  /** Follows a live read model from here on; tells of a change at once when it was not followed before. */
  follow(name: string): void {
    const documents = this.sources.live.get(name);
    if (!documents || this.#following.has(name) || this.#listeners.size === 0) return;
    const ending = new AbortController();
    this.#following.set(name, ending);
    // From the last event that it knows: where another one stands in its place by now, that is a change, too.
    const { position } = documents;
    void this.#tellOfEvents(name, position > 0n ? position - 1n : 0n, ending.signal);
    this.changed(name);
  }

  #remove(listener: ChangeListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#looking?.abort();
    this.#looking = undefined;
    this.#started = undefined;
    for (const ending of this.#following.values()) ending.abort();
    this.#following.clear();
  }

  async #start(): Promise<void> {
    const ending = new AbortController();
    this.#looking = ending;
    this.#marks.clear();
    await this.#look(ending.signal);
    void this.#keepLooking(ending.signal);
  }

  async #keepLooking(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(POLL_INTERVAL_MS, signal);
      // Where the store cannot be asked, the next look finds what changed meanwhile.
      await this.#look(signal).catch(() => undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { store, active } = this.sources;
    if (!store || signal.aborted) return;
    await Promise.all(
      this.#watched().map(async name => {
        const mark = await markOf(store, name, activeOf(await active.look(name)));
        // Others may listen by now, who have looked later than this.
        if (signal.aborted) return;
        const before = this.#marks.get(name);
        this.#marks.set(name, mark);
        if (before !== undefined && before !== mark) this.changed(name);
      }),
    );
  }

  /** Read models without a listener are not polled; a change in between is found when they have one again. */
  #watched(): readonly string[] {
    const watched = new Set<string>();
    for (const { about } of this.#listeners) {
      if (!about || about.size === 0) return this.sources.stored;
      for (const name of about) watched.add(name);
    }
    return this.sources.stored.filter(name => watched.has(name));
  }

  async #tellOfEvents(name: string, after: bigint, signal: AbortSignal): Promise<void> {
    try {
      for await (const _page of this.sources.eventStore.subscribe({ after, signal })) this.changed(name);
    } catch {
      // Those who read the live read model ask again, and follow it from there, but not at once: what failed may go on
      // failing.
      await pause(POLL_INTERVAL_MS, signal);
      if (signal.aborted) return;
      this.#following.delete(name);
      this.changed(name);
    }
  }
}

/**
 * Changes whenever a process commits: a checkpoint moves, a sequence is parked or freed, or another version is
 * active.
 */
async function markOf(store: ProjectionStore, name: string, active: ReadModelVersion | undefined): Promise<string> {
  if (!active) return '';
  const { version } = active;
  const [segments, parked] = await Promise.all([
    store.leases.segments(name, version),
    store.deadLetters.sequences({ projection: name, version }),
  ]);
  const positions = segments.map(({ segment, position }) => `${segment}:${position}`);
  return [version, ...positions, ...parked.map(({ sequence, events }) => `${sequence}=${events}`)].join(' ');
}

import { pause } from '../concurrency';
import { type ActiveVersions, activeOf } from '../processing';
import type { EventStore, ProjectionStore, ReadModelVersion } from '../store';
import type { LiveDocuments } from './live-documents';

/** A listener for changes. */
export interface ChangeListener {
  /** Called with the name of a read model when its documents may have changed. */
  changed(name: string): void;
  /** The read models that it depends on; undefined or empty for all. */
  readonly about: ReadonlySet<string> | undefined;
}

/**
 * How often to check for changes of other processes, and how soon to follow events again after a failure, in
 * milliseconds.
 */
const POLL_INTERVAL_MS = 100;

/** What a change feed watches. */
export interface ChangeSources {
  readonly eventStore: EventStore;
  /** The projections whose documents are stored. */
  readonly stored: readonly string[];
  /** Undefined if no documents are stored. */
  readonly store: ProjectionStore | undefined;
  readonly active: ActiveVersions;
  readonly live: ReadonlyMap<string, LiveDocuments>;
}

/**
 * Tells listeners that read models may have changed: immediately when this process has committed, and within about
 * {@link POLL_INTERVAL_MS} when others have, by their checkpoints. Does nothing without listeners.
 */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>();
  readonly #marks = new Map<string, string>();
  #looking: AbortController | undefined;
  #started: Promise<void> | undefined;
  readonly #following = new Map<string, AbortController>();

  constructor(private readonly sources: ChangeSources) {}

  /** Reports that this process has changed a read model. */
  readonly changed = (name: string): void => {
    for (const listener of this.#listeners) listener.changed(name);
  };

  /** Adds a listener. No change after the promise has resolved is missed. Call the returned function to unsubscribe. */
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

  /** Follows a live read model from now on; reports a change if it was not followed before. */
  follow(name: string): void {
    const documents = this.sources.live.get(name);
    if (!documents || this.#following.has(name) || this.#listeners.size === 0) return;
    const ending = new AbortController();
    this.#following.set(name, ending);
    // From the last known event: if another event has taken its place, that is a change, too.
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
      // If the store is unreachable, the next poll finds what changed meanwhile.
      await this.#look(signal).catch(() => undefined);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { store, active } = this.sources;
    if (!store || signal.aborted) return;
    await Promise.all(
      this.#watched().map(async name => {
        const mark = await markOf(store, name, activeOf(await active.look(name)));
        // A later poll may have stored newer marks.
        if (signal.aborted) return;
        const before = this.#marks.get(name);
        this.#marks.set(name, mark);
        if (before !== undefined && before !== mark) this.changed(name);
      }),
    );
  }

  /** Read models without a listener are not polled; a change meanwhile is found when they have one again. */
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
      // Listeners to the live read model query it again and follow it from there. Not immediately, because the failure
      // may persist.
      await pause(POLL_INTERVAL_MS, signal);
      if (signal.aborted) return;
      this.#following.delete(name);
      this.changed(name);
    }
  }
}

/**
 * Differs after each commit of any process: a checkpoint moves, a sequence is parked or freed, or another version
 * becomes active.
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

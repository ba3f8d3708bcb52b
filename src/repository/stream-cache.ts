import type { RecordedEvent } from '../messages';
import type { NewSnapshot } from '../store';

/** Limits of the cache of recently used aggregates. */
export interface CacheOptions {
  /** The maximum number of aggregates of one kind; the least recently used are dropped first. Default 10,000. */
  readonly max?: number;
  /** The maximum number of events of all aggregates of one kind, a snapshot counting as one; default 100,000. */
  readonly maxEvents?: number;
}

/** The cached part of one stream: its events from the first, or a snapshot and the events after it. */
export interface KeptStream {
  readonly snapshot: NewSnapshot | undefined;
  readonly events: RecordedEvent[];
}

/**
 * Keeps the events of recently used aggregates, so that a command need not read them again. Events and snapshots never
 * change, so a cached stream can only be too short, which the store's version check or a read from its end detects. It
 * can be wrong only after an older backup was restored while the process runs, which {@link KnownHistory} notices.
 * State is folded again each time, so nothing that a handler does to its aggregate can be seen by the next one.
 */
export class StreamCache {
  readonly #max: number;
  readonly #maxEvents: number;
  /** The recently used streams. */
  #young = new Map<string, KeptStream>();
  /** The previous recent ones: a stream that is used returns to the recent ones, the others are dropped together. */
  #old = new Map<string, KeptStream>();
  #youngEvents = 0;
  #oldEvents = 0;

  constructor(
    { max = 10_000, maxEvents = 100_000 }: CacheOptions = {},
    /** Called with the last event of each part that is kept. */
    private readonly saw: (event: RecordedEvent) => void = () => undefined,
  ) {
    this.#max = max;
    this.#maxEvents = maxEvents;
  }

  /** Returns the cached part of a stream. */
  get(id: string): KeptStream | undefined {
    return this.#young.get(id) ?? this.#renewed(id);
  }

  /** Appends events to a cached stream if they continue it; drops the stream if they do not. */
  extend(id: string, events: readonly RecordedEvent[]): void {
    const first = events[0];
    if (first === undefined) return;
    this.saw(events.at(-1)!);
    const kept = this.get(id) ?? { snapshot: undefined, events: [] };
    if (first.version !== (kept.snapshot?.version ?? 0) + kept.events.length + 1) {
      this.delete(id);
      return;
    }
    const counted = this.#young.has(id) ? weightOf(kept) : 0;
    if (counted === 0) this.#takeOld(id);
    for (const event of events) kept.events.push(event);
    this.#put(id, kept, weightOf(kept) - counted);
  }

  /** Replaces the cached events up to a snapshot with it. */
  shorten(id: string, snapshot: NewSnapshot): void {
    const kept = this.get(id);
    if (kept?.snapshot && kept.snapshot.version > snapshot.version) return;
    this.delete(id);
    const events = kept?.events.filter(({ version }) => version > snapshot.version) ?? [];
    // Events that do not continue the snapshot are later than it, and those in between were never cached.
    const follows = events.length === 0 || events[0]!.version === snapshot.version + 1;
    const added = { snapshot, events: follows ? events : [] };
    this.#put(id, added, added.events.length + 1);
  }

  delete(id: string): void {
    const kept = this.#young.get(id);
    if (kept) this.#youngEvents -= weightOf(kept);
    this.#young.delete(id);
    this.#takeOld(id);
  }

  /** Forgets everything. */
  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#youngEvents = 0;
    this.#oldEvents = 0;
  }

  #renewed(id: string): KeptStream | undefined {
    const kept = this.#takeOld(id);
    if (kept) this.#put(id, kept, weightOf(kept));
    return kept;
  }

  #takeOld(id: string): KeptStream | undefined {
    const kept = this.#old.get(id);
    if (kept === undefined) return undefined;
    this.#old.delete(id);
    this.#oldEvents -= weightOf(kept);
    return kept;
  }

  /**
   * Two generations instead of one list in the order of use: a Map that loses its first entry for each new one becomes
   * slow.
   */
  #put(id: string, kept: KeptStream, added: number): void {
    this.#young.set(id, kept);
    this.#youngEvents += added;
    const streams = this.#young.size;
    const events = this.#youngEvents;
    const young = streams <= this.#max / 2 && events <= this.#maxEvents / 2;
    if (young && streams + this.#old.size <= this.#max && events + this.#oldEvents <= this.#maxEvents) return;
    this.#old = this.#young;
    this.#oldEvents = events;
    this.#young = new Map();
    this.#youngEvents = 0;
    if (streams <= this.#max && events <= this.#maxEvents) return;
    // The last stream makes the cache too large, together with those before it or by itself.
    const weight = weightOf(kept);
    this.#old = new Map(weight <= this.#maxEvents ? [[id, kept]] : []);
    this.#oldEvents = weight <= this.#maxEvents ? weight : 0;
  }
}

/** A snapshot counts as one event. */
const weightOf = ({ snapshot, events }: KeptStream): number => events.length + (snapshot ? 1 : 0);

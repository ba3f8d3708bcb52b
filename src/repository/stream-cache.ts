import type { RecordedEvent } from '../messages';

/** How much of the hot aggregates to keep. */
export interface CacheOptions {
  /** Aggregates of one kind at most, the least recently used leave first; default 10,000. */
  readonly max?: number;
  /** Events of one kind of aggregate at most, over all of them; default 100,000. */
  readonly maxEvents?: number;
}

/**
 * Keeps the events of hot aggregates, so that a command need not read them again. Events never change, so what is kept can only be
 * too short, never wrong: the store's version check and a look at the stream's end find that out. State is folded anew each time,
 * which is why nothing a handler does to its aggregate can ever be seen by the next one.
 */
export class StreamCache {
  readonly #streams = new Map<string, RecordedEvent[]>();
  readonly #max: number;
  readonly #maxEvents: number;
  #events = 0;

  constructor({ max = 10_000, maxEvents = 100_000 }: CacheOptions = {}) {
    this.#max = max;
    this.#maxEvents = maxEvents;
  }

  /** Returns the events kept of a stream, from its first; they become the most recently used. */
  get(id: string): readonly RecordedEvent[] | undefined {
    const events = this.#streams.get(id);
    if (events !== undefined) {
      this.#streams.delete(id);
      this.#streams.set(id, events);
    }
    return events;
  }

  /** Appends events to what is kept, where they follow on it; keeps nothing where they do not. */
  extend(id: string, events: readonly RecordedEvent[]): void {
    const first = events[0];
    if (first === undefined) return;
    const kept = this.#streams.get(id) ?? [];
    if (first.version !== kept.length + 1) {
      this.delete(id);
      return;
    }
    for (const event of events) kept.push(event);
    this.#streams.set(id, kept);
    this.#events += events.length;
    this.#shrink();
  }

  delete(id: string): void {
    const events = this.#streams.get(id);
    if (events === undefined) return;
    this.#events -= events.length;
    this.#streams.delete(id);
  }

  #shrink(): void {
    while (this.#streams.size > this.#max || this.#events > this.#maxEvents) {
      const oldest = this.#streams.keys().next();
      if (oldest.done) return;
      this.delete(oldest.value);
    }
  }
}

import type { RecordedEvent } from '../messages';

/** How much of the hot aggregates to keep. */
export interface CacheOptions {
  /** Aggregates of one kind at most, those not used lately leave first; default 10,000. */
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
  readonly #max: number;
  readonly #maxEvents: number;
  /** What was used lately. */
  #young = new Map<string, RecordedEvent[]>();
  /** What was young before: an entry that is used returns to the young, the others leave together. */
  #old = new Map<string, RecordedEvent[]>();
  #youngEvents = 0;

  constructor({ max = 10_000, maxEvents = 100_000 }: CacheOptions = {}) {
    this.#max = Math.max(1, max / 2);
    this.#maxEvents = Math.max(1, maxEvents / 2);
  }

  /** Returns the events kept of a stream, from its first. */
  get(id: string): readonly RecordedEvent[] | undefined {
    return this.#young.get(id) ?? this.#renewed(id);
  }

  /** Appends events to what is kept, where they follow on it; keeps nothing where they do not. */
  extend(id: string, events: readonly RecordedEvent[]): void {
    const first = events[0];
    if (first === undefined) return;
    const kept = this.#young.get(id) ?? this.#renewed(id) ?? [];
    if (first.version !== kept.length + 1) {
      this.delete(id);
      return;
    }
    for (const event of events) kept.push(event);
    this.#put(id, kept, events.length);
  }

  delete(id: string): void {
    this.#youngEvents -= this.#young.get(id)?.length ?? 0;
    this.#young.delete(id);
    this.#old.delete(id);
  }

  #renewed(id: string): RecordedEvent[] | undefined {
    const events = this.#old.get(id);
    if (events === undefined) return undefined;
    this.#old.delete(id);
    this.#put(id, events, events.length);
    return events;
  }

  /** Two generations instead of one list in the order of use: a Map that loses its first entry for each new one gets slow. */
  #put(id: string, events: RecordedEvent[], added: number): void {
    this.#young.set(id, events);
    this.#youngEvents += added;
    if (this.#young.size <= this.#max && this.#youngEvents <= this.#maxEvents) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngEvents = 0;
  }
}

import { type Clock, isoTime, type RecordedEvent, systemClock } from '../messages';
import { checkAppends, isExpected, storePage, streamPage } from './checks';
import { DuplicateEventError, StoreClosedError } from './errors';
import type { AppendOutcome, Conflict, EventStore, StorePage, StreamAppend, StreamName, StreamPage, SubscribeOptions } from './event-store';
import { recordEvent } from './record-event';
import { Subscription } from './subscription';

const NO_EVENTS: readonly RecordedEvent[] = Object.freeze([]);

/** Keeps events in the memory of the process: complete in its semantics, gone when the process ends. */
export class InMemoryEventStore implements EventStore {
  readonly #streams = new Map<string, Map<string, RecordedEvent[]>>();
  readonly #all: RecordedEvent[] = [];
  /** Only the events whose ids their callers chose: nobody can repeat the others. */
  readonly #chosenIds = new Map<string, RecordedEvent>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #clock: Clock;
  #closed = false;

  constructor(options: { readonly clock?: Clock } = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  async append(appends: readonly StreamAppend[]): Promise<AppendOutcome> {
    this.#refuseWhenClosed();
    checkAppends(appends);
    const repeated = this.#repeated(appends);
    if (repeated) return { ok: true, events: repeated };
    const conflicts = this.#conflicts(appends);
    if (conflicts) return { ok: false, conflicts };
    const events = Object.freeze(this.#record(appends));
    for (const event of events) this.#keep(event);
    this.#keepChosenIds(appends, events);
    for (const subscription of this.#subscriptions) subscription.wake();
    return { ok: true, events };
  }

  async read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    const { from, limit } = streamPage(page);
    return this.#stream(stream)?.slice(from - 1, from - 1 + limit) ?? NO_EVENTS;
  }

  async readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    const { after, limit } = storePage(page);
    const start = Number(after);
    return this.#all.slice(start, start + limit);
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    const subscription: Subscription = new Subscription({
      ...options,
      readAll: page => this.readAll(page),
      ended: () => this.#subscriptions.delete(subscription),
    });
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.end();
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new StoreClosedError();
  }

  #stream({ aggregateName, aggregateId }: StreamName): RecordedEvent[] | undefined {
    return this.#streams.get(aggregateName)?.get(aggregateId);
  }

  /** Returns the stored events when every event of the appends is stored, by its id, in the stream it is meant for. */
  #repeated(appends: readonly StreamAppend[]): RecordedEvent[] | undefined {
    if (this.#chosenIds.size === 0) return undefined;
    const events: RecordedEvent[] = [];
    let duplicate: string | undefined;
    let total = 0;
    for (const { stream, events: wanted } of appends) {
      total += wanted.length;
      for (const { id } of wanted) {
        const stored = id === undefined ? undefined : this.#chosenIds.get(id);
        if (!stored) continue;
        duplicate ??= id;
        if (stored.aggregateId === stream.aggregateId && stored.aggregateName === stream.aggregateName) events.push(stored);
      }
    }
    if (duplicate === undefined) return undefined;
    if (events.length < total) throw new DuplicateEventError(duplicate);
    return events;
  }

  #conflicts(appends: readonly StreamAppend[]): Conflict[] | undefined {
    let conflicts: Conflict[] | undefined;
    for (const { stream, expected } of appends) {
      const actual = this.#stream(stream)?.length ?? 0;
      if (!isExpected(expected, actual)) conflicts = [...(conflicts ?? []), { stream, expected, actual }];
    }
    return conflicts;
  }

  /** Makes the recorded events without keeping any: what is refused is refused before anything is written. */
  #record(appends: readonly StreamAppend[]): RecordedEvent[] {
    const recordedAt = isoTime(this.#clock.now());
    const recorded: RecordedEvent[] = [];
    for (const { stream, events } of appends) {
      let version = this.#stream(stream)?.length ?? 0;
      for (const event of events) {
        recorded.push(recordEvent(event, stream, ++version, BigInt(this.#all.length + recorded.length + 1), recordedAt));
      }
    }
    return recorded;
  }

  #keep(event: RecordedEvent): void {
    let streams = this.#streams.get(event.aggregateName);
    if (!streams) {
      streams = new Map();
      this.#streams.set(event.aggregateName, streams);
    }
    const stream = streams.get(event.aggregateId);
    if (stream) stream.push(event);
    else streams.set(event.aggregateId, [event]);
    this.#all.push(event);
  }

  #keepChosenIds(appends: readonly StreamAppend[], recorded: readonly RecordedEvent[]): void {
    let index = 0;
    for (const { events } of appends) {
      for (const { id } of events) {
        const event = recorded[index++]!;
        if (id !== undefined) this.#chosenIds.set(id, event);
      }
    }
  }
}

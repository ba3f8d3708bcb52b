import type { RecordedEvent } from '../messages';
import { streamPage } from './checks';
import type { AppendOutcome, EventStore, StorePage, StreamAppend, StreamName, StreamPage, SubscribeOptions } from './event-store';
import { Subscription } from './subscription';

/** The parts of a custom store: two are needed, the others are derived from them when absent. */
export type EventStoreParts = Pick<EventStore, 'append' | 'readAll'> & Partial<Pick<EventStore, 'read' | 'subscribe' | 'close'>>;

/**
 * Makes a store out of functions. The smallest that works has two, `append` and `readAll`.
 *
 * What is left out is derived: `read` searches the whole store (give one when there are more than some thousand events),
 * `subscribe` is woken by this object's own appends and looks for those of other processes every `pollEvery` milliseconds
 * (default 100), `close` ends the subscriptions. To override a part of an existing store, pass the rest through:
 *
 * @example new CustomEventStore({ append: appends => { count(appends); return store.append(appends); }, readAll: page => store.readAll(page) })
 */
export class CustomEventStore implements EventStore {
  readonly #subscriptions = new Map<Subscription, NodeJS.Timeout>();

  constructor(
    private readonly parts: EventStoreParts,
    private readonly options: { readonly pollEvery?: number } = {},
  ) {}

  async append(appends: readonly StreamAppend[]): Promise<AppendOutcome> {
    const outcome = await this.parts.append(appends);
    for (const subscription of this.#subscriptions.keys()) subscription.wake();
    return outcome;
  }

  readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    return this.parts.readAll(page);
  }

  async read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    if (this.parts.read) return this.parts.read(stream, page);
    const { from, limit } = streamPage(page);
    const found: RecordedEvent[] = [];
    let after = 0n;
    for (;;) {
      const events = await this.parts.readAll({ after });
      for (const event of events) {
        if (event.aggregateId !== stream.aggregateId || event.aggregateName !== stream.aggregateName || event.version < from) continue;
        if (found.push(event) === limit) return found;
      }
      if (events.length === 0) return found;
      after = events.at(-1)!.position;
    }
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    if (this.parts.subscribe) return this.parts.subscribe(options);
    const subscription: Subscription = new Subscription({
      ...options,
      readAll: page => this.parts.readAll(page),
      ended: () => {
        clearInterval(this.#subscriptions.get(subscription));
        this.#subscriptions.delete(subscription);
      },
    });
    this.#subscriptions.set(
      subscription,
      setInterval(() => subscription.wake(), this.options.pollEvery ?? 100),
    );
    return subscription;
  }

  async close(): Promise<void> {
    for (const subscription of this.#subscriptions.keys()) subscription.end();
    await this.parts.close?.();
  }
}

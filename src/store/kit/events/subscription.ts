import { Mutex } from '../../../concurrency';
import type { RecordedEvent } from '../../../messages';
import type { SubscribeOptions } from '../../ports/event-store';
import { storePage } from './page-checks';
import { FilteredPages, type FilteredSource, type PassedEvents } from './passed-events';

type Page = readonly RecordedEvent[];

/** What a subscription needs from its store. */
export interface SubscriptionSource extends SubscribeOptions, FilteredSource {
  /** Tells whether a read that failed is to be made again after {@link Subscription.wake}; default never. */
  mayPass?(error: unknown): boolean;
  /** Called once when the subscription has ended, for any reason. */
  ended(): void;
}

/**
 * Follows a store: reads page after page and, when there is none, waits until the store calls {@link wake}. It requests
 * pages one at a time, so a slow reader never makes it hold more than one page.
 */
export class Subscription implements AsyncIterable<Page>, AsyncIterator<Page> {
  #after: bigint;
  #woken = false;
  #done = false;
  #wait: (() => void) | undefined;
  readonly #turns = new Mutex();
  readonly #filtered: FilteredPages | undefined;
  readonly #onAbort = (): void => this.end();

  constructor(readonly source: SubscriptionSource) {
    this.#after = storePage({ after: source.after ?? 0n }).after;
    this.#filtered = source.names || source.aggregates ? new FilteredPages(source, source) : undefined;
    // Not immediately: the store must have the subscription before `ended` is called.
    if (source.signal?.aborted) queueMicrotask(this.#onAbort);
    else source.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Returns the next page; concurrent calls are answered in turn. */
  next(): Promise<IteratorResult<Page, undefined>> {
    return this.#turns.take(() => this.#next());
  }

  async return(): Promise<IteratorResult<Page, undefined>> {
    this.end();
    return { done: true, value: undefined };
  }

  /** Tells the subscription that there may be new events. */
  wake(): void {
    this.#woken = true;
    this.#wait?.();
  }

  /** Ends the subscription, even while a reader waits. */
  end(): void {
    if (this.#done) return;
    this.#done = true;
    this.source.signal?.removeEventListener('abort', this.#onAbort);
    this.#wait?.();
    this.source.ended();
  }

  async #next(): Promise<IteratorResult<Page, undefined>> {
    while (!this.#done) {
      this.#woken = false;
      const { events, to } = await this.#read();
      if (this.#done) break;
      const hasMoved = to > this.#after;
      if (hasMoved) this.#after = to;
      if (events.length > 0) return { done: false, value: events };
      // The filter left out the whole page: there may be more behind it.
      if (hasMoved) continue;
      if (!this.#woken) await new Promise<void>(resolve => (this.#wait = resolve));
      this.#wait = undefined;
    }
    return { done: true, value: undefined };
  }

  /** A failed read ends the subscription and rejects for the reader, unless the subscription has ended meanwhile. */
  async #read(): Promise<PassedEvents> {
    const after = this.#after;
    try {
      if (this.#filtered) return await this.#filtered.read(after);
      const events = await this.source.readAll({ after });
      return { events, to: events.at(-1)?.position ?? after };
    } catch (error) {
      if (this.#done || this.source.mayPass?.(error)) return { events: [], to: after };
      this.end();
      throw error;
    }
  }
}

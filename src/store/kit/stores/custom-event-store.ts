import { InFlight } from '../../../concurrency';
import {
  aFunction,
  checkedElsewhere,
  InvalidOptionsError,
  integer,
  needed,
  type OptionChecks,
  optionFaults,
  type RecordedEvent,
} from '../../../messages';
import type { CommandJournal } from '../../ports/command-journal';
import { StoreClosedError } from '../../ports/errors';
import type { EventStore, RestoreOutcome, SubscribeOptions } from '../../ports/event-store';
import type { ProjectionStore } from '../../ports/projection-store';
import type { SnapshotStore } from '../../ports/snapshot-store';
import type { AppendOptions, AppendOutcome, StreamAppend } from '../../ports/stream-append';
import type { StreamName } from '../../ports/stream-name';
import { checkStream } from '../events/checks';
import { matcherOf } from '../events/event-filter';
import type { EventFilter, ListedStream, StorePage, StreamPage, StreamsPage } from '../events/event-pages';
import { listStreams } from '../events/list-streams';
import { refuseSubscribeOptions } from '../events/option-checks';
import { streamPage } from '../events/page-checks';
import { selectPage } from '../events/select-page';
import { Subscription } from '../events/subscription';

/**
 * The parts of a custom store. Two are required; the others are derived if absent, except snapshots, projections and
 * commands.
 */
export type EventStoreParts = Pick<EventStore, 'append' | 'readAll'> &
  Partial<
    Pick<EventStore, 'read' | 'streams' | 'subscribe' | 'restore' | 'close' | 'snapshots' | 'projections' | 'commands'>
  >;

/** Options of a custom store. */
interface CustomEventStoreOptions {
  /** How often to look for appends of other processes while there are subscriptions, in milliseconds; default 100. */
  readonly pollEvery?: number;
}

const PARTS: OptionChecks<EventStoreParts> = {
  append: needed(aFunction),
  readAll: needed(aFunction),
  read: aFunction,
  streams: aFunction,
  subscribe: aFunction,
  restore: aFunction,
  close: aFunction,
  snapshots: checkedElsewhere,
  projections: checkedElsewhere,
  commands: checkedElsewhere,
};

/**
 * An event store made of functions. The smallest one has two, `append` and `readAll`.
 *
 * Missing parts are derived: `read` and `streams` search the whole store (write your own for more than a few thousand
 * events), `readAll` may ignore `names`, `aggregates`, `upTo` and `direction`: its result is filtered,
 * `subscribe` is woken by this object's own appends and looks for those of other processes every `pollEvery`
 * milliseconds (default 100), `close` ends the subscriptions, waits for running appends and refuses later ones.
 * `restore` exists only if it is given. To override a part of an existing store, pass on the other parts; if you pass
 * on `commands`, also pass on the second argument of `append`:
 *
 * @example
 * new CustomEventStore({
 *   append: (appends, options) => { count(appends); return store.append(appends, options); },
 *   readAll: page => store.readAll(page),
 *   commands: store.commands,
 * })
 */
export class CustomEventStore implements EventStore {
  readonly #subscriptions = new Map<Subscription, NodeJS.Timeout>();
  readonly #writing = new InFlight();
  #closing: Promise<void> | undefined;
  /** Exists only if it is among the parts, because it cannot be derived. */
  readonly restore?: (events: readonly RecordedEvent[]) => Promise<RestoreOutcome>;

  /** @throws InvalidOptionsError */
  constructor(
    private readonly parts: EventStoreParts,
    private readonly options: CustomEventStoreOptions = {},
  ) {
    refuseFaults(parts, options);
    if (parts.restore) this.restore = async events => this.#write(() => parts.restore!(events));
  }

  get snapshots(): SnapshotStore | undefined {
    return this.parts.snapshots;
  }

  get projections(): ProjectionStore | undefined {
    return this.parts.projections;
  }

  get commands(): CommandJournal | undefined {
    return this.parts.commands;
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    return this.#write(() => this.parts.append(appends, options));
  }

  async readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    return isSelective(page) ? selectPage(each => this.parts.readAll(each), page) : this.parts.readAll(page);
  }

  async streams(page?: StreamsPage): Promise<readonly ListedStream[]> {
    this.#refuseWhenClosed();
    return listStreams(this.parts, page);
  }

  async read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    if (this.parts.read) return this.parts.read(stream, page);
    checkStream(stream);
    const { from, limit } = streamPage(page);
    const signal = page?.signal && { signal: page.signal };
    const found: RecordedEvent[] = [];
    let after = 0n;
    for (;;) {
      const events = await this.parts.readAll({ ...signal, after });
      for (const event of events) {
        if (
          event.aggregateId !== stream.aggregateId ||
          event.aggregateName !== stream.aggregateName ||
          event.version < from
        )
          continue;
        if (found.push(event) === limit) return found;
      }
      if (events.length === 0) return found;
      after = events.at(-1)!.position;
    }
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    refuseSubscribeOptions(options);
    if (this.parts.subscribe) return filtered(this.parts.subscribe(options), options);
    const subscription: Subscription = new Subscription({
      ...options,
      readAll: page => this.parts.readAll(page),
      select: page => this.parts.readAll(page),
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

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const subscription of this.#subscriptions.keys()) subscription.end();
    await this.#writing.idle();
    await this.parts.close?.();
  }

  async #write<T>(write: () => Promise<T>): Promise<T> {
    this.#refuseWhenClosed();
    try {
      return await this.#writing.during(write());
    } finally {
      for (const subscription of this.#subscriptions.keys()) subscription.wake();
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closing) throw new StoreClosedError();
  }
}

/** Tells whether a page asks for something that the part may know nothing of. */
const isSelective = (page: StorePage | undefined): boolean =>
  page !== undefined &&
  page !== null &&
  ('names' in page || 'aggregates' in page || 'upTo' in page || 'direction' in page);

/** Leaves out what a subscription that ignores its filter yields too much of. */
function filtered(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  filter: EventFilter,
): AsyncIterable<readonly RecordedEvent[]> {
  const matches = matcherOf(filter);
  return matches ? matchingPages(pages, matches) : pages;
}

async function* matchingPages(
  pages: AsyncIterable<readonly RecordedEvent[]>,
  matches: (event: RecordedEvent) => boolean,
): AsyncGenerator<readonly RecordedEvent[]> {
  for await (const page of pages) {
    const events = page.filter(matches);
    if (events.length > 0) yield events;
  }
}

function refuseFaults(parts: EventStoreParts, options: CustomEventStoreOptions): void {
  const faults = [
    ...optionFaults<EventStoreParts>(parts, PARTS),
    ...optionFaults<CustomEventStoreOptions>(options, { pollEvery: integer(1, 60_000) }),
  ];
  if (faults.length > 0) throw new InvalidOptionsError('new CustomEventStore', faults);
}

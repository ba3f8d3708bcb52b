import { isPromise } from '../concurrency';
import {
  type EventReader,
  eventNameOf,
  type Logger,
  type OnError,
  type RecordedEvent,
  reportAs,
  type Validation,
} from '../messages';
import { type AggregateDefinition, AggregateInstance, eventReaderOf, SnapshotRefusedError } from '../model';
import { type EventStore, KnownHistory, type NewSnapshot, PAGE_LIMIT, type SnapshotStore } from '../store';
import { AggregateSnapshots } from './aggregate-snapshots';
import { type CacheOptions, StreamCache } from './stream-cache';

/** Where the snapshots of an aggregate are kept, and where failures of snapshots and the cache are reported. */
export interface SnapshotKeeping {
  /** Default the event store's own `snapshots`, if it has them; `false` for none. */
  readonly snapshotStore?: SnapshotStore | false;
  /**
   * Receives an entry when a snapshot cannot be taken or used, and when cached events are invalid; default the console.
   */
  readonly logger?: Logger;
  /** Called for each of these failures, in addition to the logger. */
  readonly onError?: OnError | undefined;
}

/** What a loader keeps in memory. */
export interface LoaderOptions extends SnapshotKeeping {
  /** Keeps the events of recently used aggregates in memory, so that loading reads only newer events; default false. */
  readonly cache?: CacheOptions | false;
  /**
   * How stored events become those that the aggregate knows; default by the steps of its own events. Give one to use
   * upcasters.
   */
  readonly eventReader?: EventReader;
  /**
   * When new events are validated by their schemas: `'always'` (the default) or `'never'`. An aggregate made with `new`
   * always validates what it applies.
   */
  readonly validate?: Validation | undefined;
  /** @internal What the process knows of the store's history; default an instance of its own. */
  readonly history?: KnownHistory;
}

/** What a store with direct access has at once. */
type Loaded<T> = T | Promise<T>;

/** Loads aggregates of one kind from their events. */
export class AggregateLoader<State = any, Exposed = any> {
  /** Absent for an aggregate without snapshots. */
  readonly snapshots: AggregateSnapshots | undefined;
  readonly cache: StreamCache | undefined;
  readonly #history: KnownHistory | undefined;
  readonly #validate: boolean;
  /** How it reads stored events. */
  readonly reader: EventReader;

  constructor(
    readonly definition: AggregateDefinition<State, Exposed>,
    readonly store: EventStore,
    options: LoaderOptions = {},
  ) {
    this.#validate = options.validate !== 'never';
    this.reader = options.eventReader ?? eventReaderOf(definition);
    this.snapshots = this.#snapshots(options);
    if (!options.cache) return;
    const { history = new KnownHistory(store, options) } = options;
    const cache = new StreamCache(options.cache, event => history.saw(event));
    history.whenReplaced(() => cache.clear());
    this.cache = cache;
    this.#history = history;
  }

  /**
   * Checks regularly that the cache belongs to the store's current history; returns undefined if there is nothing to
   * wait for.
   */
  cacheChecked(): Promise<unknown> | undefined {
    return this.#history?.check();
  }

  /** Loads the current aggregate; without a promise if possible. One without events has the version 0. */
  load(id: string, signal?: AbortSignal): Loaded<AggregateInstance<State, Exposed>> {
    const checked = this.cacheChecked();
    return checked ? checked.then(() => this.#load(id, signal)) : this.#load(id, signal);
  }

  #load(id: string, signal?: AbortSignal): Loaded<AggregateInstance<State, Exposed>> {
    const known = this.baseline(id);
    if (known === undefined && this.snapshots) return this.#loadFromSnapshot(this.snapshots, id, signal);
    const instance = known ?? this.fresh(id);
    return this.catchUp(instance, signal)?.then(() => instance) ?? instance;
  }

  /** Folds the store's newer events into the instance; without a promise if possible. */
  catchUp(instance: AggregateInstance, signal?: AbortSignal): Promise<void> | undefined {
    for (;;) {
      const page = this.#nextPage(instance, signal);
      if (isPromise(page)) return this.#catchUpLater(instance, page, signal);
      if (!this.#fold(instance, page)) return undefined;
    }
  }

  async #catchUpLater(
    instance: AggregateInstance,
    first: Promise<readonly RecordedEvent[]>,
    signal?: AbortSignal,
  ): Promise<void> {
    let page = await first;
    while (this.#fold(instance, page)) page = await this.#nextPage(instance, signal);
  }

  /** Returns the aggregate as last seen, or as it is before its first event. */
  start(id: string): AggregateInstance<State, Exposed> {
    return this.baseline(id) ?? this.fresh(id);
  }

  /** Reads a page of the store's newer events; without a promise if possible. */
  #nextPage(
    { id, version }: AggregateInstance,
    signal?: AbortSignal,
  ): readonly RecordedEvent[] | Promise<readonly RecordedEvent[]> {
    const stream = { aggregateName: this.definition.name, aggregateId: id };
    const page = signal ? { from: version + 1, signal } : { from: version + 1 };
    return this.store.direct?.readNow(stream, page) ?? this.store.read(stream, page);
  }

  /** Folds a page into the instance; returns whether there may be another one. */
  #fold(instance: AggregateInstance, page: readonly RecordedEvent[]): boolean {
    instance.replay(page, this.reader);
    this.cache?.extend(instance.id, page);
    return page.length === PAGE_LIMIT;
  }

  /** Returns the aggregate as last seen, without asking the store. */
  baseline(id: string): AggregateInstance<State, Exposed> | undefined {
    const kept = this.cache?.get(id);
    if (kept === undefined) return undefined;
    const instance = kept.snapshot ? this.#restored(id, kept.snapshot) : this.fresh(id);
    instance?.replay(kept.events, this.reader);
    return instance;
  }

  /** Returns the aggregate as it is before its first event. */
  fresh(id: string): AggregateInstance<State, Exposed> {
    return this.#loaded(new AggregateInstance(this.definition, id));
  }

  #loaded(instance: AggregateInstance<State, Exposed>): AggregateInstance<State, Exposed> {
    if (!this.#validate) instance.validate = false;
    return instance;
  }

  async #loadFromSnapshot(
    snapshots: AggregateSnapshots,
    id: string,
    signal?: AbortSignal,
  ): Promise<AggregateInstance<State, Exposed>> {
    const start = await snapshots.start(id, signal);
    const instance = start ? this.#loaded(start.instance) : this.fresh(id);
    if (start) {
      this.#history?.saw(start.at);
      this.cache?.shorten(id, start.snapshot);
      this.#fold(instance, start.events);
    }
    if (!start || start.more) await this.catchUp(instance, signal);
    snapshots.loaded(id, start?.snapshot.version ?? 0, instance.version);
    return instance;
  }

  /** What could be restored once can be restored again, unless the aggregate's own `restore` behaves differently. */
  #restored(id: string, snapshot: NewSnapshot): AggregateInstance | undefined {
    try {
      const instance = this.snapshots?.restored(id, snapshot);
      return instance && this.#loaded(instance);
    } catch {
      this.cache?.delete(id);
      return undefined;
    }
  }

  /** The names of the events that make its state, as far as they are known. */
  #eventNames(): string[] {
    const { events = [], declared = [], names = [] } = this.definition;
    return [...[...events, ...declared].map(eventNameOf), ...names];
  }

  #snapshots({ snapshotStore, logger, onError }: SnapshotKeeping): AggregateSnapshots | undefined {
    const { name, snapshot: rule } = this.definition;
    const store = snapshotStore ?? this.store.snapshots;
    if (!rule || !store) return undefined;
    if (rule.refusal !== undefined) {
      const error = new SnapshotRefusedError(name, undefined, rule.refusal);
      reportAs({ level: 'warn', message: error.message }, error, { kind: 'snapshot', name }, { logger, onError });
      return undefined;
    }
    const source = {
      definition: this.definition,
      ...{ store: this.store, reading: this.reader.fingerprint(this.#eventNames()) },
      load: async (id: string) => this.load(id),
      taken: (id: string, snapshot: NewSnapshot) => this.cache?.shorten(id, snapshot),
    };
    return new AggregateSnapshots(source, rule, store, { logger, onError });
  }
}

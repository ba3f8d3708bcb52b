import type { RecordedEvent } from '../messages';
import { type AggregateDefinition, AggregateInstance } from '../model';
import { type EventStore, PAGE_LIMIT } from '../store';
import type { StreamCache } from './stream-cache';

/** Makes aggregates of one kind from their events. */
export class AggregateLoader<State = any, Exposed = any> {
  constructor(
    readonly definition: AggregateDefinition<State, Exposed>,
    readonly store: EventStore,
    readonly cache: StreamCache | undefined,
  ) {}

  /** Loads the aggregate as it is in the store now. One without events has the version 0. */
  async load(id: string, signal?: AbortSignal): Promise<AggregateInstance<State, Exposed>> {
    const instance = this.start(id);
    while (this.fold(instance, await this.nextPage(instance, signal)));
    return instance;
  }

  /** Returns the aggregate as it was when last seen, or as it is before its first event. */
  start(id: string): AggregateInstance<State, Exposed> {
    return this.baseline(id) ?? this.fresh(id);
  }

  /** Reads what the store has beyond the instance's version, up to a page. */
  nextPage({ id, version }: AggregateInstance, signal?: AbortSignal): Promise<readonly RecordedEvent[]> {
    const stream = { aggregateName: this.definition.name, aggregateId: id };
    return this.store.read(stream, signal ? { from: version + 1, signal } : { from: version + 1 });
  }

  /** Folds a page into the instance; tells whether there may be another one. */
  fold(instance: AggregateInstance, page: readonly RecordedEvent[]): boolean {
    instance.replay(page);
    this.cache?.extend(instance.id, page);
    return page.length === PAGE_LIMIT;
  }

  /** Returns the aggregate as it was when last seen, without asking the store. */
  baseline(id: string): AggregateInstance<State, Exposed> | undefined {
    const events = this.cache?.get(id);
    if (events === undefined) return undefined;
    const instance = this.fresh(id);
    instance.replay(events);
    return instance;
  }

  /** Returns the aggregate as it is before its first event. */
  fresh(id: string): AggregateInstance<State, Exposed> {
    return new AggregateInstance(this.definition, id);
  }
}

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
    const instance = this.baseline(id) ?? this.fresh(id);
    const stream = { aggregateName: this.definition.name, aggregateId: id };
    for (;;) {
      const from = instance.version + 1;
      const page = await this.store.read(stream, signal ? { from, signal } : { from });
      instance.replay(page);
      this.cache?.extend(id, page);
      if (page.length < PAGE_LIMIT) return instance;
    }
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

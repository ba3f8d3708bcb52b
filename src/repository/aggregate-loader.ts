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
  load(id: string, signal?: AbortSignal): Promise<AggregateInstance<State, Exposed>> {
    return this.#follow(this.baseline(id) ?? this.fresh(id), signal);
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

  /** Folds page after page into an instance. Not an async function: nearly always there is one page, and this is the hot path. */
  #follow(instance: AggregateInstance<State, Exposed>, signal?: AbortSignal): Promise<AggregateInstance<State, Exposed>> {
    const stream = { aggregateName: this.definition.name, aggregateId: instance.id };
    const from = instance.version + 1;
    return this.store.read(stream, signal ? { from, signal } : { from }).then(page => {
      instance.replay(page);
      this.cache?.extend(instance.id, page);
      return page.length < PAGE_LIMIT ? instance : this.#follow(instance, signal);
    });
  }
}

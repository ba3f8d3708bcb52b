import { type AggregateClass, type AggregateDefinition, definitionOf } from '../model';
import { Repository, type RepositoryOptions } from '../repository';
import type { EventStore } from '../store';

/** The repositories of a Flow: one for each aggregate, created on first use. */
export class Repositories {
  readonly #byDefinition = new Map<AggregateDefinition, Repository>();

  constructor(
    private readonly eventStore: EventStore,
    private readonly options: RepositoryOptions,
  ) {}

  of<A>(aggregate: AggregateClass<A> | AggregateDefinition<any, A>): Repository<A> {
    const definition = definitionOf(aggregate);
    let repository = this.#byDefinition.get(definition);
    if (!repository) {
      repository = new Repository(definition, this.eventStore, this.options);
      this.#byDefinition.set(definition, repository);
    }
    return repository;
  }

  /** Resolves when their snapshots are stored. */
  async drain(): Promise<void> {
    for (const repository of this.#byDefinition.values()) await repository.drain();
  }
}

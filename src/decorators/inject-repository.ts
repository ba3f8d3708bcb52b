import { appendMetadata } from '../messages';
import { type AggregateClass, type AggregateDefinition, REPOSITORY_INJECTIONS } from '../model';

/** Which repository a constructor parameter wants. */
export interface RepositoryInjection {
  readonly parameter: number;
  readonly aggregate: AggregateClass | AggregateDefinition;
}

/**
 * Injects the repository of an aggregate into a constructor parameter. In a class with command handlers its changes
 * belong to the command: they are appended together when the handler has returned, or not at all.
 * @example constructor(@InjectRepository(Todo) private readonly todos: Repository<Todo>) {}
 */
export function InjectRepository(aggregate: AggregateClass | AggregateDefinition) {
  return (target: object, _key: string | symbol | undefined, parameter: number): void => {
    appendMetadata(target, REPOSITORY_INJECTIONS, { parameter, aggregate } satisfies RepositoryInjection);
  };
}

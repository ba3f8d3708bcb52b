import { appendMetadata } from '../messages';
import { type AggregateClass, type AggregateDefinition, REPOSITORY_INJECTIONS } from '../model';
import { refuseNothing } from './messages';

/** The repository that a constructor parameter wants. */
export interface RepositoryInjection {
  readonly parameter: number;
  readonly aggregate: AggregateClass | AggregateDefinition;
}

/**
 * Injects the repository of an aggregate into a constructor parameter. In a class with command handlers its changes
 * belong to the command: they are appended together when the handler returns, or not at all.
 * @example constructor(@InjectRepository(Todo) private readonly todos: Repository<Todo>) {}
 */
export function InjectRepository(aggregate: AggregateClass | AggregateDefinition) {
  refuseNothing('InjectRepository', aggregate, 'an aggregate: its class or its definition');
  return (target: object, _key: string | symbol | undefined, parameter: number): void => {
    appendMetadata(target, REPOSITORY_INJECTIONS, { parameter, aggregate } satisfies RepositoryInjection);
  };
}

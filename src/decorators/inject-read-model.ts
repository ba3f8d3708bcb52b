import { appendMetadata, type ClassReference } from '../messages';
import { READ_MODEL_INJECTIONS } from '../model';
import type { ProjectionDefinition } from '../processing';
import { refuseNothing } from './messages';

/** The read model that a constructor parameter wants. */
export interface ReadModelInjection {
  readonly parameter: number;
  readonly projection: ClassReference | ProjectionDefinition;
}

/**
 * Injects the read model of a projection into a constructor parameter.
 * @example constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}
 */
export function InjectReadModel(projection: ClassReference | ProjectionDefinition) {
  refuseNothing('InjectReadModel', projection, 'a projection: its class or its definition');
  return (target: object, _key: string | symbol | undefined, parameter: number): void => {
    appendMetadata(target, READ_MODEL_INJECTIONS, { parameter, projection } satisfies ReadModelInjection);
  };
}

import type { ClassReference } from '../../messages';
import type { ProjectionDefinition } from '../../processing';

const tokens = new WeakMap<object, symbol>();

/**
 * Returns the token under which the read model of a projection is injected; for providers with a factory, and wherever
 * there are no parameter decorators.
 * @example { provide: TodoPage, useFactory: resolve => new TodoPage(resolve(readModelToken(TodoList))) }
 */
export function readModelToken(projection: ClassReference | ProjectionDefinition): symbol {
  let token = tokens.get(projection);
  if (!token) {
    token = Symbol(`ReadModel<${projection.name}>`);
    tokens.set(projection, token);
  }
  return token;
}

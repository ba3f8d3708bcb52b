import type { AggregateClass, AggregateDefinition } from '../../model';
import type { Repository } from '../../repository';

const tokens = new WeakMap<object, symbol>();

/**
 * Returns the token under which the repository of an aggregate is injected; for providers with a factory, and wherever
 * there are no parameter decorators.
 * @example { provide: Transfers, useFactory: resolve => new Transfers(resolve(repositoryToken(Account))) }
 */
export function repositoryToken<A>(
  aggregate: AggregateClass<A> | AggregateDefinition<any, A>,
): symbol & { readonly repository?: Repository<A> } {
  let token = tokens.get(aggregate);
  if (!token) {
    token = Symbol(`Repository<${aggregate.name}>`);
    tokens.set(aggregate, token);
  }
  return token;
}

import type { ReadModelInjection, RepositoryInjection } from '../../decorators';
import { ownMetadata } from '../../messages';
import { READ_MODEL_INJECTIONS, REPOSITORY_INJECTIONS } from '../../model';
import { readModelToken } from './read-model-token';
import { repositoryToken } from './repository-token';

/**
 * Returns the tokens of the constructor parameters that are marked with `@InjectRepository` or `@InjectReadModel`, by
 * their index; for your own `ContainerAdapter`. A class without such marks inherits those of its nearest parent that
 * has some.
 */
export function injectedTokens(type: Function, inherited = true): ReadonlyMap<number, symbol> {
  const repositories = ownMetadata<RepositoryInjection[]>(type, REPOSITORY_INJECTIONS) ?? [];
  const readModels = ownMetadata<ReadModelInjection[]>(type, READ_MODEL_INJECTIONS) ?? [];
  const own = new Map<number, symbol>([
    ...repositories.map(({ parameter, aggregate }) => [parameter, repositoryToken(aggregate)] as const),
    ...readModels.map(({ parameter, projection }) => [parameter, readModelToken(projection)] as const),
  ]);
  const parent: unknown = Object.getPrototypeOf(type);
  if (own.size > 0 || !inherited || typeof parent !== 'function' || parent === Function.prototype) return own;
  return injectedTokens(parent);
}

import type { HandlerContext } from '../../commands';
import type { Token } from '../../decorators';
import type { AggregateClass, AggregateDefinition } from '../../model';
import type { Repository } from '../../repository';
import type { ContainerAdapter } from '../container/container-adapter';
import { WiringError } from '../errors';
import { repositoryToken } from '../tokens/repository-token';
import { tokenName } from '../tokens/tokens';
import { keptRepository } from './unit-checks';

type Aggregate = AggregateClass | AggregateDefinition;

/** The part of a command's context that a class with command handlers is created with: its repositories. */
export type RepositorySource = Pick<HandlerContext, 'repository'>;

const COMMAND_CONTEXT = Symbol('the context of the command being handled');

/** Creates classes with command handlers, each in a scope of its own, whose repositories belong to the command. */
export class CommandScopes {
  #making: { readonly type: Token; stray?: string } | undefined;

  constructor(
    private readonly container: ContainerAdapter,
    private readonly plain: RepositorySource,
  ) {}

  /** Registers the repository of an aggregate: in a command's scope the command's own, elsewhere the plain one. */
  register(aggregate: Aggregate): void {
    this.container.register<unknown>(repositoryToken(aggregate) as symbol, {
      useFactory: scope => this.#repository(aggregate, scope),
    });
  }

  /** Returns a scope for a command, or for a trial of whether one can be created. */
  scopeFor(context: RepositorySource): ContainerAdapter {
    const scope = this.container.createScope();
    scope.register(COMMAND_CONTEXT, { useValue: context });
    return scope;
  }

  /** Creates a class in the scope of a command. @throws WiringError if a repository would outlive the command */
  make<T>(type: Token<T>, scope: ContainerAdapter): T {
    const outer = this.#making;
    const making: { readonly type: Token; stray?: string } = { type };
    this.#making = making;
    try {
      return scope.resolve(type);
    } catch (error) {
      throw making.stray === undefined ? error : new WiringError([making.stray], { cause: error });
    } finally {
      this.#making = outer;
    }
  }

  #repository(aggregate: Aggregate, scope: ContainerAdapter): Repository {
    if (scope.has(COMMAND_CONTEXT))
      return scope.resolve<RepositorySource>(COMMAND_CONTEXT as never).repository(aggregate);
    if (!this.#making) return this.plain.repository(aggregate);
    const chain = `${tokenName(this.#making.type)} -> ... -> ${tokenName(repositoryToken(aggregate))}`;
    this.#making.stray = keptRepository(chain, 'what stands between them');
    throw new WiringError([this.#making.stray]);
  }
}

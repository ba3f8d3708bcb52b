import type { Token } from '../../decorators';
import { errorMessage } from '../../messages';
import type { ContainerAdapter } from '../container/container-adapter';
import type { HandlerClass } from '../discovery/components';
import { WiringError } from '../errors';
import type { CommandScopes, RepositorySource } from './command-scopes';
import type { Factory, Providers } from './providers';
import { keptRepository, walk } from './unit-checks';

type Class = HandlerClass['type'];

/**
 * Creates classes with command handlers on trial, to find out what shows only then: what factories resolve, and what
 * keeps it.
 */
export class Trials {
  /** The scopes of the trials, to be disposed. */
  readonly scopes: ContainerAdapter[] = [];

  constructor(
    private readonly container: ContainerAdapter,
    private readonly providers: Providers,
    private readonly commandScopes: CommandScopes,
    private readonly plain: RepositorySource,
  ) {}

  faultsOf(type: Class): string[] {
    if (!this.container.makingOf) return this.#makeTwice(type, true);
    const faults: string[] = [];
    let opaque = false;
    for (const { token, making } of walk(type, each => this.providers.makingOf(each))) {
      const factory = this.providers.factories.get(token);
      if (factory) faults.push(...this.#run(factory, type));
      else opaque ||= !making && !this.#isOurs(token);
    }
    return opaque && faults.length === 0 ? this.#makeTwice(type, false) : faults;
  }

  /** Repositories, read models and aliases are registered by `bootstrap` itself. */
  #isOurs(token: Token): boolean {
    return typeof token === 'symbol' && /^(Repository|ReadModel)<.*>$/.test(token.description ?? '');
  }

  /** An error other than an unknown token may not occur when there is a command; a singleton stays created. */
  #run(factory: Factory, type: Class): string[] {
    if (factory.hasRun) return [...factory.faults];
    try {
      factory.valueFor(factory.once ? this.container : this.#scope(this.plain));
      return [];
    } catch (error) {
      if (factory.faults.size > 0) return [...factory.faults];
      return factory.once ? [cannotBeMade(type, error)] : [];
    }
  }

  /**
   * If the second instance resolves fewer repositories, it has received something that was created with those of the
   * first.
   */
  #makeTwice(type: Class, reportAll: boolean): string[] {
    const asked: string[][] = [];
    try {
      for (const _ of [1, 2]) {
        const names: string[] = [];
        asked.push(names);
        const repository: RepositorySource['repository'] = aggregate => {
          names.push(aggregate.name);
          return this.plain.repository(aggregate);
        };
        this.commandScopes.make(type, this.#scope({ repository }));
      }
    } catch (error) {
      if (error instanceof WiringError) return [...error.faults];
      return reportAll ? [cannotBeMade(type, error)] : [];
    }
    const [first = [], second = []] = asked;
    const kept = first.filter(name => !second.includes(name));
    return kept.map(name => keptRepository(`${type.name} -> ... -> Repository<${name}>`, 'what stands between them'));
  }

  #scope(context: RepositorySource): ContainerAdapter {
    const scope = this.commandScopes.scopeFor(context);
    this.scopes.push(scope);
    return scope;
  }
}

/** Reports that a class cannot be created, and why. */
export const cannotBeMade = (type: Class, error: unknown): string =>
  `${type.name} cannot be created: ${errorMessage(error)}`;

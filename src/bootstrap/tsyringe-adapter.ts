import 'reflect-metadata';
import 'reflect-metadata';
import { type DependencyContainer, inject, injectable, Lifecycle } from 'tsyringe';
import type { ReadModelInjection, RepositoryInjection, Token } from '../decorators';
import { ownMetadata } from '../messages';
import { READ_MODEL_INJECTIONS, REPOSITORY_INJECTIONS } from '../model';
import { ConstructorChecks } from './constructor-checks';
import type { ContainerAdapter, Registration } from './container-adapter';
import { readModelToken } from './read-model-token';
import { repositoryToken } from './repository-token';

const prepared = new WeakSet<Function>();
/** Where tsyringe keeps what `@inject` said. */
const TOKENS = 'injectionTokens';

/** Makes a tsyringe container serve as the container of an application. */
export class TsyringeAdapter implements ContainerAdapter {
  constructor(private readonly container: DependencyContainer) {}

  register<T>(token: Token<T>, registration: Registration<T>): void {
    const { container } = this;
    if ('useValue' in registration) container.register(token as never, { useValue: registration.useValue });
    else if ('useFactory' in registration) {
      container.register(token as never, {
        useFactory: scope => registration.useFactory(scope === container ? this : new TsyringeAdapter(scope)),
      });
    } else {
      prepare(registration.useClass);
      if (registration.singleton) this.#registerSingleton(token, registration.useClass);
      else container.register(token as never, { useClass: registration.useClass as never });
    }
  }

  /** tsyringe would make it in the scope that asks first: what is made once would keep the repositories of the first command. */
  #registerSingleton<T>(token: Token<T>, type: new (...args: any[]) => T): void {
    const { container } = this;
    const own = Symbol(type.name);
    container.register(own, { useClass: type as never }, { lifecycle: Lifecycle.Singleton });
    container.register(token as never, { useFactory: () => container.resolve(own) });
  }

  has(token: Token): boolean {
    return this.container.isRegistered(token as never, true);
  }

  resolve<T>(token: Token<T>): T {
    if (typeof token === 'function') prepare(token as never);
    return this.container.resolve(token as never);
  }

  createScope(): ContainerAdapter {
    return new TsyringeAdapter(this.container.createChildContainer());
  }

  faultsOf(type: new (...args: any[]) => unknown): readonly string[] {
    prepare(type);
    return new ConstructorChecks(token => this.has(token), prepare).faultsOf(type);
  }
}

/** Hands on to tsyringe what decorators left on a class: its parameter types, and the repositories and read models it wants. Once for each class. */
function prepare(type: new (...args: any[]) => unknown): void {
  if (prepared.has(type)) return;
  prepared.add(type);
  injectTokens(type);
  injectable()(type as never);
}

/** A class without tokens of its own has its parent's constructor; tsyringe would look for tokens on the class alone. */
function injectTokens(type: Function): void {
  const repositories = ownMetadata<RepositoryInjection[]>(type, REPOSITORY_INJECTIONS) ?? [];
  const readModels = ownMetadata<ReadModelInjection[]>(type, READ_MODEL_INJECTIONS) ?? [];
  const own = [
    ...repositories.map(({ parameter, aggregate }) => ({ parameter, token: repositoryToken(aggregate) })),
    ...readModels.map(({ parameter, projection }) => ({ parameter, token: readModelToken(projection) })),
  ];
  for (const { parameter, token } of own) inject(token)(type, undefined, parameter);
  const parent: unknown = Object.getPrototypeOf(type);
  if (own.length > 0 || Reflect.hasOwnMetadata(TOKENS, type) || typeof parent !== 'function' || parent === Function.prototype) return;
  injectTokens(parent);
  const inherited: unknown = Reflect.getMetadata(TOKENS, parent);
  if (inherited) Reflect.defineMetadata(TOKENS, inherited, type);
}

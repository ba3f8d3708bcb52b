import 'reflect-metadata';
import { type DependencyContainer, inject, injectable, Lifecycle } from 'tsyringe';
import { REPOSITORY_INJECTIONS, type RepositoryInjection, type Token } from '../decorators';
import { ownMetadata } from '../messages';
import { ConstructorChecks } from './constructor-checks';
import type { ContainerAdapter, Registration } from './container-adapter';
import { repositoryToken } from './repository-token';

const prepared = new WeakSet<Function>();

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
      const lifecycle = registration.singleton ? Lifecycle.Singleton : Lifecycle.Transient;
      container.register(token as never, { useClass: registration.useClass as never }, { lifecycle });
    }
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

/** Hands on to tsyringe what decorators left on a class: its parameter types, and the repositories it wants. Once for each class. */
function prepare(type: new (...args: any[]) => unknown): void {
  if (prepared.has(type)) return;
  prepared.add(type);
  for (const { parameter, aggregate } of ownMetadata<RepositoryInjection[]>(type, REPOSITORY_INJECTIONS) ?? []) {
    inject(repositoryToken(aggregate))(type, undefined, parameter);
  }
  injectable()(type as never);
}

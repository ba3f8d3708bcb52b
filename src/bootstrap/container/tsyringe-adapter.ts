import 'reflect-metadata';
import { type DependencyContainer, Lifecycle, container as rootContainer } from 'tsyringe';
import type { Token } from '../../decorators';
import { ConstructorChecks } from './constructor-checks';
import { constructorTokens, prepare } from './constructor-tokens';
import type { ContainerAdapter, Disposable, Making, Registration } from './container-adapter';
import { disposeOf } from './disposal';
import { disposablesOf, TsyringeInside } from './tsyringe-inside';

type Class = new (...args: any[]) => unknown;

interface Known {
  /** The registrations of the application, not those of the outer container or of a command. */
  readonly own: Map<Token, Registration>;
  readonly settled: Set<Token>;
  readonly outside: TsyringeInside;
}

/**
 * Adapts a tsyringe container to an application, which works in a child of it. Wrap it in your own adapter and pass
 * that to `bootstrap` to change a part of its behaviour.
 *
 * Singletons (`@singleton()`) of a container outside of the application stay there if they depend on nothing of the
 * application. Otherwise they are created once for each application.
 */
export class TsyringeAdapter implements ContainerAdapter {
  /** The application's own container: not the one it was given, which is only read, nor the scope of a command. */
  readonly #application: TsyringeAdapter | undefined;
  /** Facts about the application's own container, and the one it was given, shared with its scopes. */
  readonly #known: Known;

  /** @param container default tsyringe's root container */
  constructor(
    private readonly container: DependencyContainer = rootContainer,
    /** @internal */ parent?: TsyringeAdapter,
  ) {
    this.#application = parent && (parent.#application ?? this);
    this.#known =
      parent && this.#application !== this
        ? parent.#known
        : { own: new Map(), settled: new Set(), outside: new TsyringeInside((parent ?? this).container) };
  }

  register<T>(token: Token<T>, registration: Registration<T>): void {
    const { container } = this;
    if (this.#application === this) this.#known.own.set(token, registration);
    if ('useValue' in registration) {
      const { useValue } = registration;
      // tsyringe accepts neither as a value.
      const absent = useValue === undefined || useValue === null;
      container.register(token as never, (absent ? { useFactory: () => useValue } : { useValue }) as never);
    } else if ('useFactory' in registration) {
      container.register(token as never, {
        useFactory: scope => registration.useFactory(scope === container ? this : new TsyringeAdapter(scope, this)),
      });
    } else {
      prepare(registration.useClass);
      if (registration.singleton) this.#registerSingleton(token, registration.useClass);
      else container.register(token as never, { useClass: registration.useClass as never });
    }
  }

  /**
   * tsyringe would create it in the scope that asks first: a singleton would then keep the repositories of the first
   * command.
   */
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
    this.#settle(token);
    return this.container.resolve(token as never);
  }

  createScope(): ContainerAdapter {
    return new TsyringeAdapter(this.container.createChildContainer(), this);
  }

  faultsOf(type: Class): readonly string[] {
    this.#settle(type);
    return new ConstructorChecks(
      token => this.has(token),
      token => this.#classOf(token),
    ).faultsOf(type);
  }

  makingOf(token: Token): Making | undefined {
    this.#settle(token);
    return this.#making(token);
  }

  adopt(made: Disposable): void {
    disposablesOf(this.container)?.add(made);
  }

  get dispose(): (() => Promise<void>) | undefined {
    const disposables = disposablesOf(this.container);
    if (!disposables?.size) return undefined;
    return () => {
      const made = [...disposables].reverse();
      disposables.clear();
      return disposeOf(made);
    };
  }

  #classOf(token: Token): Class | undefined {
    const registration = this.#known.own.get(token);
    if (!registration) return this.#known.outside.classOf(token);
    return 'useClass' in registration ? registration.useClass : undefined;
  }

  #making(token: Token): Making | undefined {
    const registration = this.#known.own.get(token);
    if (!registration) return this.#known.outside.makingOf(token);
    if ('useClass' in registration)
      return { once: registration.singleton, needs: constructorTokens(registration.useClass) };
    return 'useValue' in registration ? { once: true, needs: [] } : undefined;
  }

  /** Decides where everything that a token depends on is created, once for each token. */
  #settle(token: Token): void {
    const application = this.#application;
    if (application && !this.#known.settled.has(token)) application.#settleAll(token);
  }

  #settleAll(token: Token): void {
    const { own, settled } = this.#known;
    if (settled.has(token)) return;
    settled.add(token);
    if (!own.has(token)) this.#settleOutside(token);
    for (const need of this.#making(token)?.needs ?? []) this.#settleAll(need);
  }

  #settleOutside(token: Token): void {
    const { outside } = this.#known;
    const type = outside.singletonOf(token);
    if (!type) return;
    if (this.#needsOwn(type, new Set())) this.register(token, { useClass: type, singleton: true });
    else this.container.register(token as never, { useFactory: () => outside.container.resolve(token as never) });
  }

  #needsOwn(token: Token, seen: Set<Token>): boolean {
    if (seen.has(token)) return false;
    seen.add(token);
    return (this.#making(token)?.needs ?? []).some(need => this.#known.own.has(need) || this.#needsOwn(need, seen));
  }
}

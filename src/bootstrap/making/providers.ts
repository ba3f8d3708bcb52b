import type { Provider, Token } from '../../decorators';
import { type ContainerAdapter, isDisposable, type Making } from '../container/container-adapter';
import type { Components } from '../discovery/components';
import { WiringError } from '../errors';
import { tokenName, unknownToken } from '../tokens/tokens';

type Make = (resolve: <D>(token: Token<D>) => D) => unknown;

/** A provider's function. It records what the function resolves, which shows only while it runs. */
export class Factory {
  /** What it has resolved so far. */
  readonly needs = new Set<Token>();
  /** The faults of what it resolved, as sentences with their fixes. */
  readonly faults = new Set<string>();
  hasRun = false;
  #made: { readonly value: unknown } | undefined;
  #running = false;

  constructor(
    readonly token: Token,
    readonly once: boolean,
    private readonly make: Make,
    private readonly home: ContainerAdapter,
  ) {}

  /** Singletons are created in the application's container, whichever scope asks first. */
  valueFor(scope: ContainerAdapter): unknown {
    if (!this.once) return this.#run(scope);
    this.#made ??= { value: this.#run(this.home) };
    return this.#made.value;
  }

  #run(scope: ContainerAdapter): unknown {
    if (this.#running)
      throw this.#fault(`${this.#place} depends on itself, through its own dependencies. Break the cycle.`);
    this.#running = true;
    this.hasRun = true;
    try {
      const given = new Set<unknown>();
      const value = this.make(<D>(token: Token<D>) => {
        const found = this.#resolve(token, scope);
        given.add(found);
        return found;
      });
      if (isDisposable(value) && !given.has(value)) scope.adopt?.(value);
      return value;
    } finally {
      this.#running = false;
    }
  }

  #resolve<D>(token: Token<D>, scope: ContainerAdapter): D {
    this.needs.add(token);
    if (typeof token === 'function' || scope.has(token)) return scope.resolve(token);
    throw this.#fault(unknownToken(`${this.#place} asks for`, token));
  }

  #fault(fault: string): WiringError {
    this.faults.add(fault);
    return new WiringError([fault]);
  }

  get #place(): string {
    return `The factory of ${tokenName(this.token)}`;
  }
}

/** Registers the providers of the modules, and knows what creating each object takes. */
export class Providers {
  readonly factories = new Map<Token, Factory>();
  readonly #aliases = new Map<Token, Token>();

  constructor(private readonly container: ContainerAdapter) {}

  /**
   * Classes with command handlers are created for each command, so that their repositories belong to it; other
   * components are created once.
   */
  register({ providers, handlerClasses }: Components): void {
    for (const { type, commands } of handlerClasses)
      this.container.register(type, { useClass: type, singleton: commands.size === 0 });
    const forEachCommand = new Set<unknown>(
      handlerClasses.filter(({ commands }) => commands.size > 0).map(({ type }) => type),
    );
    for (const provider of providers) {
      if (typeof provider !== 'function') this.#register(provider, forEachCommand.has(provider.provide));
      else if (!forEachCommand.has(provider))
        this.container.register(provider, { useClass: provider, singleton: true });
    }
  }

  #register(provider: Provider, forEachCommand: boolean): void {
    const { provide } = provider;
    this.factories.delete(provide);
    this.#aliases.delete(provide);
    if ('useClass' in provider)
      this.container.register(provide, {
        useClass: provider.useClass,
        singleton: provider.singleton ?? !forEachCommand,
      });
    else if ('useFactory' in provider) {
      const factory = new Factory(provide, provider.singleton ?? !forEachCommand, provider.useFactory, this.container);
      this.factories.set(provide, factory);
      this.container.register(provide, { useFactory: scope => factory.valueFor(scope) });
    } else if ('useToken' in provider) {
      this.#aliases.set(provide, provider.useToken);
      this.container.register(provide, { useFactory: scope => scope.resolve(provider.useToken) });
    } else this.container.register(provide, { useValue: provider.useValue });
  }

  /** Returns what is needed to create the object of a token, as far as that is known. */
  makingOf(token: Token): Making | undefined {
    const alias = this.#aliases.get(token);
    if (alias !== undefined) return { once: false, needs: [alias] };
    const factory = this.factories.get(token);
    return factory ? { once: factory.once, needs: [...factory.needs] } : this.container.makingOf?.(token);
  }

  /** Finds aliases of unknown tokens, and circles of aliases. */
  faults(): string[] {
    return [...this.#aliases].flatMap(([token, target]) => {
      const place = `The provider of ${tokenName(token)}`;
      const path = [token];
      for (let each: Token | undefined = target; each !== undefined; each = this.#aliases.get(each)) {
        if (path.includes(each))
          return [`${place} refers back to itself: ${[...path, each].map(tokenName).join(' -> ')}.`];
        path.push(each);
      }
      if (typeof target === 'function' || this.container.has(target)) return [];
      return [unknownToken(`${place} stands for`, target)];
    });
  }
}

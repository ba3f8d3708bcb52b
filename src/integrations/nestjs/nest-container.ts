import { ContextIdFactory, ModuleRef } from '@nestjs/core';
import type { Token } from '../..';
import type { ContainerAdapter, Making } from '../../container';
import { WiringError } from '../../errors';
import type { Class, NestProvider } from './found-components';

type Instance = Record<string | symbol, (...args: any[]) => unknown>;

/** How Nest provides a class: one instance, or one for each message. */
interface Source {
  readonly type: Class;
  readonly provider: NestProvider;
  /** The instance, or what stands for the instances of each message; undefined until Nest has created its providers. */
  made: Instance | undefined;
}

/**
 * Lets Nest's injector make what a flow needs. A flow exists before the instances of its handlers, which may have it
 * injected: until then a listener waits, and a command or query is refused.
 */
export class NestContainer implements ContainerAdapter {
  readonly #sources = new Map<unknown, Source>();
  #assembled = false;
  #open: () => void = () => undefined;
  readonly #created = new Promise<void>(resolve => {
    this.#open = resolve;
  });

  constructor(
    providers: Iterable<readonly [type: Class, provider: NestProvider]>,
    private readonly root: ModuleRef,
    /** Instances that Nest does not provide. */
    private readonly given: ReadonlyMap<unknown, object> = new Map(),
  ) {
    for (const [type, provider] of providers) this.#sources.set(type, { type, provider, made: undefined });
  }

  /** Nest provides everything itself. */
  register(): void {}

  has(token: Token): boolean {
    return this.#sources.has(token) || this.given.has(token);
  }

  createScope(): this {
    return this;
  }

  faultsOf(): readonly string[] {
    return [];
  }

  /** What a class of Nest needs is none of the flow's business: repositories find their unit of work themselves. */
  makingOf(): Making {
    return { once: true, needs: [] };
  }

  resolve<T>(token: Token<T>): T {
    const given = this.given.get(token);
    if (given) return given as T;
    const source = this.#sources.get(token);
    if (!source) return this.root.get<any, T>(token as never, { strict: false });
    if (source.made) return source.made as T;
    if (!this.#assembled) return this.#waiting(source) as T;
    throw new WiringError([
      `${source.type.name} cannot handle anything yet: Nest has not created it. Dispatch and query in onModuleInit or later.`,
    ]);
  }

  /** Ends the time in which bootstrap asks for listeners. */
  assembled(): void {
    this.#assembled = true;
  }

  /**
   * Takes the instances that Nest has created.
   * @param mustBeOne tells which classes cannot have an instance for each message
   * @returns the faults
   */
  async created(mustBeOne: (type: Class) => string | undefined): Promise<string[]> {
    const faults: string[] = [];
    for (const source of this.#sources.values()) {
      const { type, provider } = source;
      // What a transient class needs is known when Nest has made one.
      const only = await this.#only(source);
      const isScoped = !provider.isDependencyTreeStatic();
      const reason = isScoped ? mustBeOne(type) : undefined;
      if (reason)
        faults.push(
          `${type.name}, a provider of ${provider.host?.name}, is request-scoped, or needs what is; ${reason}`,
        );
      source.made = isScoped ? this.#scoped(source) : only;
    }
    this.#open();
    return faults;
  }

  async #only({ provider }: Source): Promise<Instance> {
    if (!provider.isTransient) return provider.instance as Instance;
    return moduleOf(provider).resolve<unknown, Instance>(provider.token as never);
  }

  /** Stands for the instances of a request-scoped class: one for each message, whose context is its `REQUEST`. */
  #scoped({ type, provider }: Source): Instance {
    return delegating(type, name => async (...args) => {
      const module = moduleOf(provider);
      const id = ContextIdFactory.create();
      module.registerRequestByContextId(args[1], id);
      const instance = await module.resolve<any, Instance>(provider.token as never, id);
      return instance[name]!(...args);
    });
  }

  #waiting(source: Source): Instance {
    return delegating(source.type, name => (...args) => {
      const call = (): unknown => source.made![name]!(...args);
      return source.made ? call() : this.#created.then(call);
    });
  }
}

const moduleOf = (provider: NestProvider): ModuleRef =>
  provider.host!.getProviderByKey<ModuleRef>(ModuleRef).instance as ModuleRef;

/** Returns an object with the methods of a class, each made by a function of its name. */
function delegating(type: Class, method: (name: string | symbol) => Instance[string]): Instance {
  const made: Instance = Object.create(null);
  for (let level = type.prototype; level && level !== Object.prototype; level = Object.getPrototypeOf(level))
    for (const name of Reflect.ownKeys(level))
      if (!(name in made) && typeof Reflect.getOwnPropertyDescriptor(level, name)!.value === 'function')
        made[name] = method(name);
  // Its name is shown where a handler fails.
  return Object.assign(made, { constructor: type });
}

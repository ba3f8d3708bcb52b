import { type DependencyContainer, Lifecycle } from 'tsyringe';
import type { Token } from '../../decorators';
import { constructorTokens, delayedClass, isClass } from './constructor-tokens';
import type { Disposable, Making } from './container-adapter';

type Class = new (...args: any[]) => unknown;

interface TsyringeRegistration {
  readonly provider:
    | {
        readonly useClass?: Class;
        readonly useToken?: Token;
        readonly useFactory?: unknown;
        readonly useValue?: unknown;
      }
    | Class;
  readonly options: { readonly lifecycle: Lifecycle };
}

/** Returns the objects that a container has created and must dispose, oldest first. */
export const disposablesOf = (container: DependencyContainer): Set<Disposable> | undefined =>
  (container as unknown as { readonly disposables?: Set<Disposable> }).disposables;

/**
 * What tsyringe 4 knows about a container but does not expose: the kind of a registration, and the lifetime of its
 * object.
 */
export class TsyringeInside {
  constructor(readonly container: DependencyContainer) {}

  /** Returns the class that a token stands for, if it stands for one. */
  classOf(token: Token): Class | undefined {
    const provider = this.#registration(token)?.provider;
    if (!provider) return delayedClass(token) ?? (isClass(token) ? token : undefined);
    return typeof provider === 'function' ? provider : provider.useClass;
  }

  /** Returns the class that a token stands for, if the container creates it once. */
  singletonOf(token: Token): Class | undefined {
    return this.#registration(token)?.options.lifecycle === Lifecycle.Singleton ? this.classOf(token) : undefined;
  }

  /** Returns what is needed to create the object of a token; undefined for a factory. */
  makingOf(token: Token): Making | undefined {
    const registration = this.#registration(token);
    const once = registration?.options.lifecycle === Lifecycle.Singleton;
    const type = this.classOf(token);
    if (type) return { once, needs: constructorTokens(type) };
    const provider = registration?.provider as Exclude<TsyringeRegistration['provider'], Class> | undefined;
    if (provider?.useToken !== undefined) return { once, needs: [provider.useToken] };
    return provider?.useFactory === undefined ? { once: true, needs: [] } : undefined;
  }

  #registration(token: Token): TsyringeRegistration | undefined {
    const inside = this.container as unknown as { getRegistration?(token: unknown): TsyringeRegistration | null };
    return inside.getRegistration?.(token) ?? undefined;
  }
}

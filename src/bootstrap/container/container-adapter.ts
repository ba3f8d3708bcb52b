import type { Token } from '../../decorators';

/** What a token resolves to. */
export type Registration<T = any> =
  | { readonly useValue: T }
  | { readonly useClass: new (...args: any[]) => T; readonly singleton: boolean }
  /** Called for each resolution, with the scope it is resolved in. */
  | { readonly useFactory: (scope: ContainerAdapter) => T };

/** What is needed to create the object of a token. */
export interface Making {
  /** Whether it is created once and shared. */
  readonly once: boolean;
  /** The tokens of the constructor's parameters. */
  readonly needs: readonly Token[];
}

/** An object with resources to release when it is no longer used. */
export interface Disposable {
  dispose(): Promise<void> | void;
}

/** What `bootstrap` needs from a dependency container. Implement it to use a container other than tsyringe. */
export interface ContainerAdapter {
  /** Registers or replaces a token in this container, without affecting its parent. */
  register<T>(token: Token<T>, registration: Registration<T>): void;
  /** Tells whether this container or a parent knows the token. */
  has(token: Token): boolean;
  resolve<T>(token: Token<T>): T;
  /** Returns a child: it sees the registrations of this container, factories get the child, singletons are shared. */
  createScope(): ContainerAdapter;
  /**
   * Returns the reasons why a class cannot be created, as sentences with their fixes. Optional: without it, mistakes
   * appear at resolution.
   */
  faultsOf?(type: new (...args: any[]) => unknown): readonly string[];
  /**
   * Returns what is needed to create the object of a token, without creating it; undefined if that is unknown, as for a
   * factory. Optional: without it, `bootstrap` creates each class with command handlers twice at startup, to check
   * whether its repositories belong to the command.
   */
  makingOf?(token: Token): Making | undefined;
  /** Adds an object that a factory created in this container or scope to those that `dispose` disposes. */
  adopt?(made: Disposable): void;
  /**
   * Disposes the objects that this container or scope created, newest first: those of a scope when its command has
   * ended, those of the application when it has closed. Undefined while there is nothing to dispose.
   */
  readonly dispose?: (() => Promise<void>) | undefined;
}

/** Tells an adapter from a container. */
export const isContainerAdapter = (value: object): value is ContainerAdapter =>
  'createScope' in value && typeof value.createScope === 'function';

/** Tells whether a value has a `dispose` that can be called without arguments. */
export function isDisposable(value: unknown): value is Disposable {
  const dispose = typeof value === 'object' && value !== null ? (value as Partial<Disposable>).dispose : undefined;
  return typeof dispose === 'function' && dispose.length === 0;
}

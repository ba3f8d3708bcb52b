import type { Token } from '../../decorators';

/** What a token stands for. */
export type Registration<T = any> =
  | { readonly useValue: T }
  | { readonly useClass: new (...args: any[]) => T; readonly singleton: boolean }
  /** Called for each resolution, with the scope it is resolved in. */
  | { readonly useFactory: (scope: ContainerAdapter) => T };

/** What it takes to make what a token stands for. */
export interface Making {
  /** Whether it is made once, and then shared by all that ask for it. */
  readonly once: boolean;
  /** What its constructor asks for. */
  readonly needs: readonly Token[];
}

/** Something that has to be told when it is not used any more. */
export interface Disposable {
  dispose(): Promise<void> | void;
}

/** What `bootstrap` needs of a dependency container; implement it to use another one than tsyringe. */
export interface ContainerAdapter {
  /** Registers, or replaces, what a token stands for in this container; its parent must not notice. */
  register<T>(token: Token<T>, registration: Registration<T>): void;
  /** Tells whether this container or a parent knows the token. */
  has(token: Token): boolean;
  resolve<T>(token: Token<T>): T;
  /** Returns a child: it sees the registrations of this container, factories get the child, singletons are shared. */
  createScope(): ContainerAdapter;
  /**
   * Returns what keeps a class from being made, as sentences with their fixes. Optional: without it, mistakes show at
   * resolution.
   */
  faultsOf?(type: new (...args: any[]) => unknown): readonly string[];
  /**
   * Says what making a token takes, without making it; undefined for what it cannot look into, such as a factory.
   * Optional: without it, `bootstrap` makes each class with command handlers twice at its start, to see whether its
   * repositories belong to the command.
   */
  makingOf?(token: Token): Making | undefined;
  /** Takes note of what a factory has made in this container or scope, so that `dispose` includes it. */
  adopt?(made: Disposable): void;
  /**
   * Disposes of what this container or scope has made, the last first: of a scope when its command has ended, of the
   * application's own when the application has closed. It may be absent as long as there is nothing to dispose of.
   */
  readonly dispose?: (() => Promise<void>) | undefined;
}

/** Tells an adapter from a container. */
export const isContainerAdapter = (value: object): value is ContainerAdapter =>
  'createScope' in value && typeof value.createScope === 'function';

/** Tells what has a `dispose` that can be called without arguments. */
export function isDisposable(value: unknown): value is Disposable {
  const dispose = typeof value === 'object' && value !== null ? (value as Partial<Disposable>).dispose : undefined;
  return typeof dispose === 'function' && dispose.length === 0;
}

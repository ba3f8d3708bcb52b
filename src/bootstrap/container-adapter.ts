import type { Token } from '../decorators';

/** What a token stands for. */
export type Registration<T = any> =
  | { readonly useValue: T }
  | { readonly useClass: new (...args: any[]) => T; readonly singleton: boolean }
  /** Called for each resolution, with the scope it is resolved in. */
  | { readonly useFactory: (scope: ContainerAdapter) => T };

/** What `bootstrap` needs of a dependency container; implement it to use another one than tsyringe. */
export interface ContainerAdapter {
  /** Registers, or replaces, what a token stands for in this container; its parent must not notice. */
  register<T>(token: Token<T>, registration: Registration<T>): void;
  /** Tells whether this container or a parent knows the token. */
  has(token: Token): boolean;
  resolve<T>(token: Token<T>): T;
  /** Returns a child: it sees the registrations of this container, factories get the child, singletons are shared. */
  createScope(): ContainerAdapter;
  /** Returns what keeps a class from being made, as sentences with their fixes. Optional: without it, mistakes show at resolution. */
  faultsOf?(type: new (...args: any[]) => unknown): readonly string[];
}

/** Tells an adapter from a container. */
export const isContainerAdapter = (value: object): value is ContainerAdapter =>
  'createScope' in value && typeof value.createScope === 'function';

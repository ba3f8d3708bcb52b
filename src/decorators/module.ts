import {
  type ClassReference,
  type EventDefinition,
  isPlainObject,
  metadataKey,
  setMetadata,
  shownValue,
  type Upcaster,
} from '../messages';
import type { AggregateDefinition } from '../model';
import { InvalidDecoratorError } from './messages';

/**
 * How a module provides a dependency to the container: as a value, a class, a factory, or an alias of another token.
 * `singleton` says whether it is created once for the application or for each consumer; default true, and false for a
 * class with command handlers.
 */
export type Provider<T = any> = { readonly provide: Token<T> } & (
  | { readonly useValue: T }
  | { readonly useClass: new (...args: any[]) => T; readonly singleton?: boolean }
  | { readonly useFactory: (resolve: <D>(token: Token<D>) => D) => T; readonly singleton?: boolean }
  | { readonly useToken: Token<T> }
);

/** Identifies a dependency. */
export type Token<T = any> = string | symbol | ClassReference<T>;

/** Options of `@Module`. */
export interface ModuleOptions {
  /** Modules whose components and providers belong to this one too. A module that is imported twice counts once. */
  readonly imports?: readonly ModuleClass[];
  /**
   * Aggregates, classes with command or query handlers, projections, reactors and listeners, recognized by their
   * decorators; what `defineEvent` and `upcaster` return.
   */
  readonly components?: readonly (ClassReference | AggregateDefinition | EventDefinition | Upcaster)[];
  /** Dependencies of the components. A class is its own token, created once. */
  readonly providers?: readonly (Provider | (new (...args: any[]) => unknown))[];
}

/** A class marked with `@Module`. */
export type ModuleClass = new (...args: any[]) => object;

export const MODULE = metadataKey('module');

/** Marks a class as a module: a list of components and providers. @throws InvalidDecoratorError */
export function Module(options: ModuleOptions) {
  if (!isPlainObject(options))
    throw new InvalidDecoratorError(
      `@Module received ${shownValue(options)}; pass an object, such as { components: [Todo] }.`,
    );
  return (type: ModuleClass, _context?: ClassDecoratorContext<any>): void => setMetadata(type, MODULE, options);
}

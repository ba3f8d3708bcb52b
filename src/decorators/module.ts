import { type ClassReference, isPlainObject, metadataKey, setMetadata, shownValue } from '../messages';
import type { AggregateDefinition } from '../model';
import { InvalidDecoratorError } from './messages';

/**
 * How a module provides a dependency to the container, as tsyringe's providers do: a value, a class, a function, or
 * another token's. `singleton` says whether it is made once for the application, or for each that asks for it; default
 * true, and false for a class with command handlers.
 */
export type Provider<T = any> = { readonly provide: Token<T> } & (
  | { readonly useValue: T }
  | { readonly useClass: new (...args: any[]) => T; readonly singleton?: boolean }
  | { readonly useFactory: (resolve: <D>(token: Token<D>) => D) => T; readonly singleton?: boolean }
  | { readonly useToken: Token<T> }
);

/** What a dependency is asked for by. */
export type Token<T = any> = string | symbol | ClassReference<T>;

/** What `@Module` takes. */
export interface ModuleOptions {
  /** Modules whose components and providers belong to this one too; one that is imported twice counts once. */
  readonly imports?: readonly ModuleClass[];
  /** Aggregates, command handler classes, event listeners, query handlers: each is recognised by its decorators. */
  readonly components?: readonly (ClassReference | AggregateDefinition)[];
  /** Dependencies of the components; a class stands for itself, made once. */
  readonly providers?: readonly (Provider | (new (...args: any[]) => unknown))[];
}

/** A class marked with `@Module`. */
export type ModuleClass = new (...args: any[]) => object;

export const MODULE = metadataKey('module');

/**
 * Marks a class as a module: a list of what belongs together. `bootstrap` says what is wrong with it. @throws
 * InvalidDecoratorError
 */
export function Module(options: ModuleOptions) {
  if (!isPlainObject(options))
    throw new InvalidDecoratorError(
      `@Module received ${shownValue(options)}; pass an object, such as { components: [Todo] }.`,
    );
  return (type: ModuleClass, _context?: ClassDecoratorContext<any>): void => setMetadata(type, MODULE, options);
}

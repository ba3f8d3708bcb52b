import { inject, injectable } from 'tsyringe';
import type { Token } from '../../decorators';
import { isClassType } from '../../model';
import { injectedTokens } from '../tokens/injected-tokens';

type Class = new (...args: any[]) => unknown;

/** What tsyringe records for `@inject` and similar decorators. */
export interface TokenDescriptor {
  readonly token: Token;
  readonly isOptional?: boolean;
  readonly transform?: Token;
}

const prepared = new WeakSet<Function>();
/** The key under which tsyringe keeps the tokens of `@inject`. */
const TOKENS = 'injectionTokens';

const reflect = Reflect as unknown as {
  getMetadata<T>(key: string, target: object): T | undefined;
  hasOwnMetadata(key: string, target: object): boolean;
  defineMetadata(key: string, value: unknown, target: object): void;
};

/**
 * Passes to tsyringe what decorators recorded on a class: its parameter types, and its repositories and read models.
 * Once for each class.
 */
export function prepare(type: Function): void {
  if (prepared.has(type)) return;
  prepared.add(type);
  injectTokens(type);
  injectable()(type as never);
}

/** A class without its own tokens has its parent's constructor; tsyringe would look for tokens on the class alone. */
function injectTokens(type: Function): void {
  const own = injectedTokens(type, false);
  for (const [parameter, token] of own) inject(token)(type, undefined, parameter);
  const parent: unknown = Object.getPrototypeOf(type);
  if (
    own.size > 0 ||
    reflect.hasOwnMetadata(TOKENS, type) ||
    typeof parent !== 'function' ||
    parent === Function.prototype
  )
    return;
  injectTokens(parent);
  const inherited = reflect.getMetadata(TOKENS, parent);
  if (inherited) reflect.defineMetadata(TOKENS, inherited, type);
}

/** Returns the types of a constructor's parameters, if the compiler emitted them. */
export const typesOf = (type: Class): readonly unknown[] | undefined =>
  reflect.getMetadata<unknown[]>('design:paramtypes', type);

/** Returns the chosen tokens of a constructor's parameters, by index. */
export const chosenTokens = (type: Class): Readonly<Record<number, Token | TokenDescriptor>> =>
  reflect.getMetadata(TOKENS, type) ?? {};

/** Returns the tokens that tsyringe resolves to create a class. */
export function constructorTokens(type: Class): Token[] {
  prepare(type);
  const [types = [], chosen] = [typesOf(type), chosenTokens(type)];
  const count = Math.max(types.length, ...Object.keys(chosen).map(index => Number(index) + 1));
  return Array.from({ length: count }, (_, index): Token[] => {
    const choice = chosen[index] ?? (isClassType(types[index]) ? (types[index] as Class) : undefined);
    if (choice === undefined) return [];
    const tokens = isDescriptor(choice) ? [choice.token, ...(choice.transform ? [choice.transform] : [])] : [choice];
    return tokens.map(token => delayedClass(token) ?? token);
  }).flat();
}

export const isClass = (value: unknown): value is Class => typeof value === 'function';

export const isDescriptor = (token: Token | TokenDescriptor): token is TokenDescriptor =>
  typeof token === 'object' && token !== null && 'token' in token;

/** Tells whether a value was made by `delay(() => TheClass)` of tsyringe. */
export const isDelayed = (token: unknown): token is { wrap(): unknown } =>
  typeof token === 'object' && token !== null && typeof (token as { wrap?: unknown }).wrap === 'function';

/** Returns the class of `delay(() => TheClass)`, now that all files are loaded. */
export function delayedClass(token: unknown): Class | undefined {
  const delayed = isDelayed(token) ? token.wrap() : undefined;
  return isClass(delayed) ? delayed : undefined;
}

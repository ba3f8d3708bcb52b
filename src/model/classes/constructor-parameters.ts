const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
const BASIC_TYPES: readonly unknown[] = [Object, Function, String, Number, Boolean, Array, Promise, Symbol, BigInt];

/** Tells the user's classes from the types that compilers emit for interfaces and primitive types. */
export const isClassType = (type: unknown): type is Function =>
  typeof type === 'function' && !BASIC_TYPES.includes(type);

/** Names a constructor's parameter for a message, such as `first constructor parameter 'mailer'`. */
export function parameterLabel(type: Function, index: number): string {
  const name = parameterNames(type)[index];
  return `${ORDINALS[index] ?? `${index + 1}th`} constructor parameter${name ? ` '${name}'` : ''}`;
}

/** Reads the parameters' names off the source, where it can be read; an empty text for each other one. */
export const parameterNames = (type: Function): string[] =>
  parameterTexts(sourceOf(type)).map(parameter => /^\s*([A-Za-z_$][\w$]*)/.exec(parameter)?.[1] ?? '');

/** Splits the list of parameters at its own commas, not at those of default values, such as `limits = [1, 2]`. */
function parameterTexts(source: string): string[] {
  const start = /\bconstructor\s*\(/.exec(source);
  const texts = [''];
  if (!start) return texts;
  let depth = 0;
  for (const [part] of source
    .slice(start.index + start[0].length)
    .matchAll(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[\s\S]/g)) {
    if ('([{'.includes(part)) depth++;
    if (')]}'.includes(part) && --depth < 0) break;
    if (part === ',' && depth === 0) texts.push('');
    else texts[texts.length - 1] += part;
  }
  return texts;
}

/**
 * Returns the text of what a constructor hands to its parent's, or undefined where the class has no constructor of its
 * own.
 */
export const superArguments = (type: Function): string | undefined =>
  /\bconstructor\s*\([\s\S]*?\bsuper\s*\(([^)]*)\)/.exec(sourceOf(type))?.[1]?.trim();

const sourceOf = (type: Function): string => Function.prototype.toString.call(type);

/** Returns the types of the constructor's parameters that the compiler left on this very class. */
export function parameterTypes(type: Function): readonly unknown[] | undefined {
  return reflected<readonly unknown[]>('design:paramtypes', type);
}

/**
 * Returns what `@inject` said of the constructor's parameters of this very class, by their index: tsyringe keeps it so.
 */
export function parameterTokens<T = unknown>(type: Function): Readonly<Record<number, T>> | undefined {
  return reflected<Record<number, T>>('injectionTokens', type);
}

function reflected<T>(key: string, type: Function): T | undefined {
  const read = (Reflect as { getOwnMetadata?: (key: string, target: object) => T | undefined }).getOwnMetadata;
  return read?.(key, type);
}

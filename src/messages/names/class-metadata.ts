/**
 * Where decorators leave what they know about a class: on the class itself (legacy decorators) or in the
 * metadata object of the class (TC39 decorators). Nothing is kept outside the class, so that importing a file
 * has no effect and two applications in one process never meet.
 *
 * Keys come from `Symbol.for`: two copies of the package read each other's classes.
 */

/** A class, concrete or abstract, with instances of a type. */
export type ClassReference<T = any> = abstract new (...args: any[]) => T;

// TC39 decorators need the symbol before the first decorated class is evaluated; TypeScript, swc and esbuild agree on
// it.
const METADATA: symbol = (Symbol as { metadata?: symbol }).metadata ?? Symbol.for('Symbol.metadata');
if (!('metadata' in Symbol)) Object.defineProperty(Symbol, 'metadata', { value: METADATA });

type Holder = Record<symbol, unknown>;

/** Returns the metadata key of the framework for one kind of information. */
export const metadataKey = (kind: string): symbol => Symbol.for(`eventuality:${kind}`);

/** Sets the one entry of a kind on a class or on a TC39 metadata object. */
export function setMetadata(holder: object, key: symbol, value: unknown): void {
  Object.defineProperty(holder, key, { value, configurable: true, writable: true });
}

/** Appends to the list of entries of a kind; the list is the holder's own, never its parent's. */
export function appendMetadata(holder: object, key: symbol, entry: unknown): void {
  const own = Object.hasOwn(holder, key) ? ((holder as Holder)[key] as unknown[]) : [];
  setMetadata(holder, key, [...own, entry]);
}

/** Reads what was set on this very class, not on its parents. */
export function ownMetadata<T>(type: Function, key: symbol): T | undefined {
  if (Object.hasOwn(type, key)) return (type as unknown as Holder)[key] as T;
  const standard = Object.hasOwn(type, METADATA) ? (type as unknown as Holder)[METADATA] : undefined;
  return standard && Object.hasOwn(standard as object, key) ? ((standard as Holder)[key] as T) : undefined;
}

/** Reads what was set on the class or, failing that, on the nearest of its parents. */
export function inheritedMetadata<T>(type: Function, key: symbol): T | undefined {
  for (let each: unknown = type; isClass(each); each = Object.getPrototypeOf(each)) {
    const found = ownMetadata<T>(each, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Reads the lists of the class and of all its parents, one list for each of them, the parents' first. */
export function metadataLists<T>(type: Function, key: symbol): T[][] {
  const lists: T[][] = [];
  for (let each: unknown = type; isClass(each); each = Object.getPrototypeOf(each))
    lists.push(ownMetadata<T[]>(each, key) ?? []);
  return lists.reverse();
}

/** Whether it is a class, and not what all classes extend. */
const isClass = (value: unknown): value is Function => typeof value === 'function' && value !== Function.prototype;

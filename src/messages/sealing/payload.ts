import { isPlain } from './plain-object';
import { refuseHiddenData, refuseHiddenProperty, UnstorableValueError } from './unstorable';

const MAX_DEPTH = 100;

class Given {
  constructor(object: object) {
    // The returned object gets the private field of the subclass, which marks it.
    // biome-ignore lint/correctness/noConstructorReturn: `this` is not used.
    return object;
  }
}

/**
 * Marks objects as sealed by a private field: no other code can see or forge it, and it costs a tenth of an entry in a
 * WeakSet.
 */
class Seal extends Given {
  readonly #sealed = true;

  /** Marks an object that is not frozen yet. */
  static put(object: object): void {
    new Seal(object);
  }

  static isOn(object: object): boolean {
    return #sealed in object;
  }
}

/**
 * The keys of a sealed instance, by its prototype: objects with such a prototype have no data that JSON does not see.
 */
const sealedKeys = new WeakMap<object, readonly string[]>();
const NO_KEYS: readonly string[] = [];

/**
 * Returns a deeply frozen copy of a message's data, with the prototype of its class, after checking that JSON preserves
 * all of it.
 *
 * Refused, with the path of the field: functions, symbols, bigints, NaN and infinities, `undefined` inside arrays,
 * instances of classes (dates, maps, value objects), keys named `__proto__`, text and keys with NUL or lone surrogates
 * (PostgreSQL refuses them), cycles and nesting deeper than 100 levels, and what JSON leaves out: symbol and
 * non-enumerable properties, and named properties of arrays. The message itself may be an instance of a class, but not
 * of one that keeps data where JSON does not see it (a date, a map, an error, private `#fields` and `accessor`s, the
 * prototype), nor of one with a `toJSON` method, which would decide what is stored. As in JSON, properties that are
 * `undefined` are left out and `-0` becomes `0`. A sealed object is returned as it is.
 * @throws UnstorableValueError
 */
export function sealPayload<T extends object>(payload: T, name: string): Readonly<T> {
  if (typeof payload !== 'object' || payload === null)
    throw new UnstorableValueError(
      name,
      `${typeof payload === 'object' ? 'null' : `a ${typeof payload}`}, not an object`,
    );
  if (Seal.isOn(payload)) return payload;
  if (Array.isArray(payload)) throw new UnstorableValueError(name, 'an array, not an object');
  const prototype = Object.getPrototypeOf(payload);
  const keys = sealedKeys.get(prototype);
  if (keys === undefined) refuseHiddenData(payload, name);
  const copy = Object.create(prototype);
  Seal.put(copy);
  copyObject(payload, copy, name, 0, keys ?? NO_KEYS);
  if (keys === undefined && prototype !== null) sealedKeys.set(prototype, Object.keys(copy));
  return copy;
}

/** Treats a fresh object as sealed without checking it, for data made by the framework itself from text and numbers. */
export function takeAsSealed<T extends object>(fresh: T): Readonly<T> {
  Seal.put(fresh);
  return Object.freeze(fresh);
}

function copyObject(
  source: object,
  copy: Record<string, unknown>,
  path: string,
  depth: number,
  sealed: readonly string[],
): object {
  let count = 0;
  for (const key in source) {
    if (!Object.hasOwn(source, key)) continue;
    const isSealed = sealed[count++] === key;
    const value = (source as Record<string, unknown>)[key];
    if (value === undefined) continue;
    if (!isSealed && !storableKeys.has(key)) refuseKey(key, path);
    if (typeof value === 'string') copy[key] = isStorableText(value) ? value : storableText(value, `${path}.${key}`);
    else if (typeof value === 'boolean') copy[key] = value;
    else if (typeof value === 'number' && Number.isFinite(value)) copy[key] = value === 0 ? 0 : value;
    else copy[key] = copyValue(value, `${path}.${key}`, depth);
  }
  // Counted first, because this is checked for every object, and the property is looked up only if there is one.
  if (Object.getOwnPropertyNames(source).length !== count || Object.getOwnPropertySymbols(source).length > 0)
    refuseHiddenProperty(source, path);
  return Object.freeze(copy);
}

function copyArray(source: readonly unknown[], path: string, depth: number): readonly unknown[] {
  if (
    Object.getOwnPropertyNames(source).length !== source.length + 1 ||
    Object.getOwnPropertySymbols(source).length > 0
  )
    refuseHiddenProperty(source, path);
  const copy: unknown[] = [];
  for (let index = 0; index < source.length; index++) {
    const value = source[index];
    if (typeof value === 'string' && isStorableText(value)) copy.push(value);
    else if (typeof value === 'number' && Number.isFinite(value)) copy.push(value === 0 ? 0 : value);
    else copy.push(copyValue(value, `${path}[${index}]`, depth));
  }
  return Object.freeze(copy);
}

function copyValue(value: unknown, path: string, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return storableText(value, path);
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value))
        throw new UnstorableValueError(path, `${value}, which JSON turns into null`, !Number.isNaN(value));
      return value === 0 ? 0 : value;
    case 'object':
      return value === null ? null : copyNested(value, path, depth + 1);
    default:
      throw new UnstorableValueError(
        path,
        value === undefined ? 'undefined inside an array, which JSON turns into null' : `a ${typeof value}`,
      );
  }
}

function copyNested(value: object, path: string, depth: number): object {
  if (depth > MAX_DEPTH)
    throw new UnstorableValueError(path, `circular, or nested deeper than ${MAX_DEPTH} levels`, true);
  const prototype = Object.getPrototypeOf(value);
  // The prototype of arrays is itself an array, in every realm; that of a subclass is not.
  if (Array.isArray(value) && Array.isArray(prototype)) return copyArray(value, path, depth);
  if (!isPlain(prototype) || Array.isArray(value))
    throw new UnstorableValueError(path, `an instance of ${prototype?.constructor?.name ?? 'a class'}`);
  return copyObject(value, {}, path, depth, NO_KEYS);
}

/** Keys that were already checked. An application has few of them; if keys are data, only a limited number is kept. */
const storableKeys = new Set<string>();

function refuseKey(key: string, path: string): void {
  if (key === '__proto__')
    throw new UnstorableValueError(
      `${path}.${key}`,
      'a key that would change the prototype of the object it is copied to',
      true,
    );
  if (!isStorableText(key))
    throw new UnstorableValueError(`${path}.${key}`, 'a key with a NUL character or half a surrogate pair', true);
  if (storableKeys.size < 10_000) storableKeys.add(key);
}

/** Tells whether every store can keep a text: PostgreSQL takes neither NUL nor half a surrogate pair. */
export const isStorableText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

function storableText(text: string, path: string): string {
  if (isStorableText(text)) return text;
  throw new UnstorableValueError(path, 'text with a NUL character or half a surrogate pair', true);
}

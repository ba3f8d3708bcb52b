import { EventualityError } from './errors';
import { isPlain } from './plain-object';

/** Thrown when an event or a document cannot be stored without losing a value; `path` names the field. */
export class UnstorableValueError extends EventualityError {
  readonly code = 'UNSTORABLE_VALUE';

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(
      `${path} cannot be stored: it is ${reason}. Give it data that JSON can carry; an event can have a codec: @Event(name, { codec }).`,
    );
  }
}

const DEEPEST = 100;
const BUILT_IN = /^\[object (Date|RegExp|Error|Promise|DataView|String|Number|Boolean|(Weak)?(Map|Set|Ref)|\w*Array(Buffer)?)\]$/;

class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: whoever extends this puts its private fields on the object given.
    return object;
  }
}

/** Marks objects as sealed by a private field: nobody can see or forge it, and it costs a tenth of an entry in a WeakSet. */
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
 * Returns a deeply frozen copy of a message's data, with the prototype of its class, after making sure that JSON carries all of it.
 *
 * What is refused, with the path of the field: functions, symbols, bigints, NaN and infinities, `undefined` inside arrays, instances of
 * classes (dates, maps, value objects), keys named `__proto__`, text and keys with NUL or lone surrogates (PostgreSQL refuses them), and what is
 * circular or nested deeper than 100 levels. The message itself may be an instance of a class, but not of one that keeps its data
 * where JSON does not look (a date, a map, an error), nor of one with a `toJSON` method, which would decide what is stored.
 * Properties that are `undefined` are left out, `-0` becomes `0`, as in JSON.
 * What has been sealed before is returned as it is.
 *
 * @throws UnstorableValueError
 */
export function sealPayload<T extends object>(payload: T, name: string): Readonly<T> {
  if (typeof payload !== 'object' || payload === null)
    throw new UnstorableValueError(name, `${typeof payload === 'object' ? 'null' : `a ${typeof payload}`}, not an object`);
  if (Seal.isOn(payload)) return payload;
  if (Array.isArray(payload)) throw new UnstorableValueError(name, 'an array, not an object');
  refuseHiddenData(payload, name);
  const copy = Object.create(Object.getPrototypeOf(payload));
  Seal.put(copy);
  return copyObject(payload, copy, name, 0) as T;
}

/** Takes a fresh object as sealed without looking at it: for data made by the framework itself, of text and numbers only. */
export function takeAsSealed<T extends object>(fresh: T): Readonly<T> {
  Seal.put(fresh);
  return Object.freeze(fresh);
}

/** Prototypes whose instances were found to have all their data where JSON looks. */
const openPrototypes = new WeakSet<object>();

function refuseHiddenData(payload: object, path: string): void {
  const prototype = Object.getPrototypeOf(payload);
  if (prototype !== null && openPrototypes.has(prototype)) return;
  const kind = Object.prototype.toString.call(payload);
  if (kind !== '[object Object]' && BUILT_IN.test(kind)) throw new UnstorableValueError(path, `an instance of ${kind.slice(8, -1)}`);
  // Of the prototype: an instance may hide the method behind a field of that name, and the next one not.
  if (typeof prototype?.toJSON === 'function') throw new UnstorableValueError(path, 'an object with a toJSON method');
  if (prototype !== null) openPrototypes.add(prototype);
}

function copyObject(source: object, copy: Record<string, unknown>, path: string, depth: number): object {
  for (const key of Object.keys(source)) {
    const value = (source as Record<string, unknown>)[key];
    if (value === undefined) continue;
    if (key === '__proto__') throw new UnstorableValueError(`${path}.${key}`, 'a key that would change the prototype of whoever reads it');
    if (!storableKeys.has(key) && !isStorableKey(key))
      throw new UnstorableValueError(`${path}.${key}`, 'a key with a NUL character or half a surrogate pair');
    if (typeof value === 'string') copy[key] = storableText(value, path, key);
    else if (typeof value === 'boolean') copy[key] = value;
    else if (typeof value === 'number' && Number.isFinite(value)) copy[key] = value === 0 ? 0 : value;
    else copy[key] = copyValue(value, `${path}.${key}`, depth);
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
      if (!Number.isFinite(value)) throw new UnstorableValueError(path, `${value}, which JSON turns into null`);
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
  if (depth > DEEPEST) throw new UnstorableValueError(path, `circular, or nested deeper than ${DEEPEST} levels`);
  if (Array.isArray(value)) return Object.freeze(Array.from(value, (item, index) => copyValue(item, `${path}[${index}]`, depth)));
  const prototype = Object.getPrototypeOf(value);
  if (!isPlain(prototype)) throw new UnstorableValueError(path, `an instance of ${prototype.constructor?.name ?? 'a class'}`);
  return copyObject(value, {}, path, depth);
}

/** Keys that were looked at before: an application has few of them; where keys are data, only the first so many are kept. */
const storableKeys = new Set<string>();

function isStorableKey(key: string): boolean {
  if (!isStorableText(key)) return false;
  if (storableKeys.size < 10_000) storableKeys.add(key);
  return true;
}

/** Tells whether every store can keep a text: PostgreSQL takes neither NUL nor half a surrogate pair. */
export const isStorableText = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

function storableText(text: string, path: string, key?: string): string {
  if (isStorableText(text)) return text;
  throw new UnstorableValueError(key === undefined ? path : `${path}.${key}`, 'text with a NUL character or half a surrogate pair');
}

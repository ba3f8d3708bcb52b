import { isPlainObject } from './plain-object';

/**
 * Returns a copy of data in which each bigint, such as the position of an event, is decimal text. `JSON.stringify`
 * throws on bigints. Lists and plain objects are copied; instances of classes, and objects with a `toJSON`, are not
 * changed.
 * @example JSON.stringify(jsonOf(event))
 */
export function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (!isPlainObject(value) || typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  return Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, jsonOf(each)]));
}

/** What {@link jsonable} gives to objects. */
function toJSON(this: object): unknown {
  return jsonOf({ ...this });
}

/**
 * Lets `JSON.stringify` write an object's bigints as decimal text. Nothing else sees the method; a copy of the object
 * does not have it.
 */
export function jsonable<T extends object>(object: T): T {
  return Object.defineProperty(object, 'toJSON', { value: toJSON, configurable: true, writable: true });
}

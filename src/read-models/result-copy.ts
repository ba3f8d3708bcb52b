import { types } from 'node:util';
import { hiddenFields, isNative } from '../messages';

/** A result nested deeper than this is not compared. */
const MAX_DEPTH = 200;

/** Whether the instances of a prototype expose everything that they hold. */
const openPrototypes = new WeakMap<object, boolean>();

/** Thrown inside this file when a value may hold hidden data. */
class Opaque extends Error {}

/**
 * Returns a copy of the result of a query for comparison with the next one. Changes that the reader or the handler
 * makes to the result do not affect the copy. Undefined if a part of the result may hold hidden data and cannot be
 * compared: functions, private fields, accessors, proxies, and native objects other than arrays, dates, maps, sets and
 * buffers.
 */
export function copyOfResult(result: unknown): { readonly value: unknown } | undefined {
  try {
    return { value: copyOf(result, new Map(), 0) };
  } catch (error) {
    if (error instanceof Opaque) return undefined;
    throw error;
  }
}

type Copies = Map<object, unknown>;

function copyOf(value: unknown, copies: Copies, depth: number): unknown {
  if (typeof value === 'function') throw new Opaque();
  if (typeof value !== 'object' || value === null) return value;
  // Checked first: a proxy may answer anything.
  if (types.isProxy(value) || depth > MAX_DEPTH) throw new Opaque();
  return copies.get(value) ?? copyOfObject(value, copies, depth + 1);
}

function copyOfObject(value: object, copies: Copies, depth: number): unknown {
  const prototype = Object.getPrototypeOf(value);
  if (types.isTypedArray(value)) return kept(copies, value, Uint8Array.prototype.slice.call(value));
  if (types.isArrayBuffer(value)) return kept(copies, value, value.slice(0));
  if (Array.isArray(value))
    return withProperties(value, kept(copies, value, ofPrototype(new Array(value.length), prototype)), copies, depth);
  if (types.isDate(value) || types.isMap(value) || types.isSet(value)) {
    if (!isNative(prototype.constructor) || Reflect.ownKeys(value).length > 0) throw new Opaque();
    return copyOfBuiltIn(value, copies, depth);
  }
  if (!isOpen(prototype)) throw new Opaque();
  return withProperties(value, kept(copies, value, Object.create(prototype)), copies, depth);
}

function copyOfBuiltIn(value: Date | Map<unknown, unknown> | Set<unknown>, copies: Copies, depth: number): unknown {
  if (types.isDate(value)) return kept(copies, value, new Date(value.getTime()));
  if (types.isMap(value)) {
    const map = kept(copies, value, new Map<unknown, unknown>());
    for (const [key, each] of value) map.set(copyOf(key, copies, depth), copyOf(each, copies, depth));
    return map;
  }
  const set = kept(copies, value, new Set<unknown>());
  for (const each of value) set.add(copyOf(each, copies, depth));
  return set;
}

/** Registered before its parts are copied: one of them may refer back to it. */
function kept<T>(copies: Copies, value: object, copy: T): T {
  copies.set(value, copy);
  return copy;
}

function withProperties(value: object, copy: object, copies: Copies, depth: number): object {
  for (const key of Reflect.ownKeys(value)) {
    if (key === 'length' && Array.isArray(value)) continue;
    const property = Object.getOwnPropertyDescriptor(value, key)!;
    if (!property.enumerable || !('value' in property)) throw new Opaque();
    Object.defineProperty(copy, key, { value: copyOf(property.value, copies, depth), enumerable: true });
  }
  return copy;
}

/** A subclass of a list keeps its class if it exposes everything that it holds. */
function ofPrototype(list: unknown[], prototype: object | null): unknown[] {
  if (Array.isArray(prototype)) return list;
  if (!isOpen(prototype)) throw new Opaque();
  return Object.setPrototypeOf(list, prototype);
}

function isOpen(prototype: object | null): boolean {
  if (prototype === null) return true;
  const known = openPrototypes.get(prototype);
  if (known !== undefined) return known;
  const open = showsAll(prototype);
  openPrototypes.set(prototype, open);
  return open;
}

function showsAll(prototype: object): boolean {
  if (types.isProxy(prototype) || hiddenFields(prototype).length > 0) return false;
  const parent = Object.getPrototypeOf(prototype);
  // The end of a prototype chain: `Object.prototype` of any realm, or that of a list.
  if (parent === null || Array.isArray(prototype)) return true;
  const type = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return !(typeof type === 'function' && isNative(type)) && isOpen(parent);
}

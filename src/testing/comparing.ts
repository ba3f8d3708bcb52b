import { AssertionError } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { hiddenFields } from '../messages';

/**
 * Stands for a function when states are compared: functions that are created with each object are equal if their texts
 * are.
 */
class FunctionText {
  constructor(readonly text: string) {}
}

/**
 * Tells whether two states are equal. Functions in them are equal if their texts are. Hidden data, such as private
 * fields, is not compared.
 */
export function sameState(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other) || isDeepStrictEqual(withTexts(one), withTexts(other));
}

function withTexts(value: unknown, seen = new Map<object, unknown>()): unknown {
  if (typeof value === 'function') return new FunctionText(Function.prototype.toString.call(value));
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const kind = Object.prototype.toString.call(value);
  if (value instanceof Map || value instanceof Set) return collectionWithTexts(value, seen);
  if (kind !== '[object Object]' && kind !== '[object Array]') return value;
  const copy = Array.isArray(value) ? [] : {};
  Object.setPrototypeOf(copy, Object.getPrototypeOf(value));
  seen.set(value, copy);
  for (const key of Reflect.ownKeys(value)) {
    const { enumerable, ...property } = Object.getOwnPropertyDescriptor(value, key)!;
    if (enumerable) Object.defineProperty(copy, key, { ...shown(property, seen), enumerable });
  }
  return copy;
}

function collectionWithTexts(value: Map<unknown, unknown> | Set<unknown>, seen: Map<object, unknown>): unknown {
  if (value instanceof Set) return new Set(Array.from(value, part => withTexts(part, seen)));
  return new Map(Array.from(value, ([key, part]) => [key, withTexts(part, seen)]));
}

const shown = (property: PropertyDescriptor, seen: Map<object, unknown>): PropertyDescriptor =>
  'value' in property ? { ...property, value: withTexts(property.value, seen) } : property;

/**
 * Refuses to compare objects with private fields: two that differ only in these would pass for equal.
 * @throws AssertionError
 */
export function refuseIncomparable(value: unknown, place: string, seen = new Set<unknown>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  const [field] = hiddenFields(Object.getPrototypeOf(value));
  if (field !== undefined) {
    const type = Object.getPrototypeOf(value).constructor.name;
    throw new AssertionError({
      message: `${place} is an instance of ${type}, whose private field ${field} cannot be compared. Expect what can be seen of it.`,
      actual: value,
    });
  }
  const parts = value instanceof Map || value instanceof Set ? [...value.entries()].flat() : Object.values(value);
  for (const part of parts) refuseIncomparable(part, place, seen);
}

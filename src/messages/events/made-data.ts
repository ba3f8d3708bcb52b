import { reasonOf } from '../faults/format-error';
import { sealPayload } from '../sealing/payload';
import { isPlain } from '../sealing/plain-object';
import { UpcastFailedError } from './upcast-errors';

const MAX_DEPTH = 100;
const UNSTORABLE: ReadonlySet<string> = new Set(['function', 'bigint', 'symbol']);

/**
 * Freezes the data that the steps of an event have made; what they took over is frozen already.
 * @throws UpcastFailedError naming the field that no event can have
 */
export function frozenMade<T extends object>(data: T, name: string, from: number): T {
  freezeMade(data, name, from);
  return Object.freeze(data);
}

/** Freezes what is in the data, as `frozenMade` does, and not the data itself. @throws UpcastFailedError */
export function freezeMade(data: object, name: string, from: number): void {
  let isStorable = false;
  try {
    isStorable = freezeFields(data, 0);
  } catch {
    // Another pass finds the field.
  }
  if (!isStorable) sealedMade(data, name, from);
}

/** Returns a sealed copy of what steps have made. @throws UpcastFailedError */
export function sealedMade(data: object, name: string, from: number): object {
  try {
    return sealPayload(data, 'what it returned');
  } catch (error) {
    throw new UpcastFailedError(name, from, `led to what no event can have: ${reasonOf(error)}`, error);
  }
}

/** Returns false for a value that data cannot have, such as a Date or what contains itself. */
function freezeFields(data: object, depth: number): boolean {
  for (const field in data) {
    const value = (data as Record<string, unknown>)[field];
    if (typeof value === 'object') {
      if (value !== null && !Object.isFrozen(value) && !frozeNested(value, depth + 1)) return false;
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return false;
    } else if (UNSTORABLE.has(typeof value)) return false;
  }
  return true;
}

function frozeNested(value: object, depth: number): boolean {
  if (depth > MAX_DEPTH || !(Array.isArray(value) || isPlain(Object.getPrototypeOf(value)))) return false;
  const isStorable = freezeFields(value, depth);
  Object.freeze(value);
  return isStorable;
}

import { isDeepStrictEqual } from 'node:util';
import { isPlainObject } from '../sealing/plain-object';

/** How what a schema returned differs from what it was given. */
export interface DataDifference {
  /** The fields that were left out: the schema does not know them. */
  readonly unknown: readonly string[];
  /** The first field that has another value; `''` for the whole. */
  readonly changed: string | undefined;
}

/**
 * Compares data with what a schema has made of it; undefined if they are the same. A field that is undefined counts as
 * left out, and classes do not count: most schemas return a plain object for an instance.
 */
export function dataDifference(given: unknown, made: unknown): DataDifference | undefined {
  const unknown: string[] = [];
  const changed = changedIn(given, made, '', unknown);
  return changed === undefined && unknown.length === 0 ? undefined : { unknown, changed };
}

function changedIn(given: unknown, made: unknown, path: string, unknown: string[]): string | undefined {
  if (given === made || Object.is(given, made)) return undefined;
  if (typeof given !== 'object' || given === null || typeof made !== 'object' || made === null) return path;
  if (Array.isArray(given)) return Array.isArray(made) ? changedItem(given, made, path, unknown) : path;
  if (!isPlainObject(made)) return isDeepStrictEqual(given, made) ? undefined : path;
  return changedField(given as Fields, made as Fields, path, unknown);
}

type Fields = Readonly<Record<string, unknown>>;

function changedItem(
  given: readonly unknown[],
  made: readonly unknown[],
  path: string,
  unknown: string[],
): string | undefined {
  if (given.length !== made.length) return path;
  for (let index = 0; index < given.length; index++) {
    if (given[index] === made[index]) continue;
    const changed = changedIn(given[index], made[index], `${path}[${index}]`, unknown);
    if (changed !== undefined) return changed;
  }
  return undefined;
}

function changedField(given: Fields, made: Fields, path: string, unknown: string[]): string | undefined {
  const keys = Object.keys(given);
  // A date or a map has no fields to compare.
  if (keys.length === 0 && Object.prototype.toString.call(given) !== '[object Object]') return path;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!;
    const value = given[key];
    const kept = made[key];
    if (value === kept) continue;
    if (!Object.hasOwn(made, key)) {
      unknown.push(fieldPath(path, key));
      continue;
    }
    const changed = changedIn(value, kept, fieldPath(path, key), unknown);
    if (changed !== undefined) return changed;
  }
  const found = Object.keys(made);
  for (let index = 0; index < found.length; index++) {
    const key = found[index]!;
    // Most schemas return the fields in the order of the data.
    if (key !== keys[index] && made[key] !== undefined && !Object.hasOwn(given, key)) return fieldPath(path, key);
  }
  return undefined;
}

/** Returns the path of a field, such as `lines[0].amount`. */
export const fieldPath = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

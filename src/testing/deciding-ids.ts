import { aName, either, isFunction, listOf } from '../messages';

/**
 * The results of `context.newId()` in a test: the ids of a list, one after the other, and then `id-3`, `id-4`...; or
 * the results of a function.
 */
export type TestIds = readonly string[] | (() => string);

/** Checks the option `ids`. */
export const testIds = either(isFunction, listOf('ids, or a function that makes them', aName));

/** Returns the function that creates the ids; without a list they are `id-1`, `id-2`... */
export function idsFrom(ids: TestIds = []): () => string {
  if (typeof ids === 'function') return ids;
  let made = 0;
  return () => ids[made++] ?? `id-${made}`;
}

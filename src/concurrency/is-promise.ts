/** Tells whether something has to be awaited. */
export const isPromise = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof (value as PromiseLike<T> | undefined | null)?.then === 'function';

/**
 * Tells whether user code returned a promise where nothing waits for one, to be refused. Its error is ignored:
 * unhandled, it would end the process.
 */
export function isStrayPromise(value: unknown): value is PromiseLike<unknown> {
  if (!isPromise(value)) return false;
  Promise.resolve(value).catch(() => undefined);
  return true;
}

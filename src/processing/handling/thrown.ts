import { types } from 'node:util';

/**
 * What user code has thrown, which can be anything, even `undefined`: the object around it tells that something was
 * thrown.
 */
export interface Thrown {
  readonly error: unknown;
}

/** Wraps what was thrown. A thrown promise that rejects would otherwise end the process with an unhandled rejection. */
export function thrownBy(error: unknown): Thrown {
  if (types.isPromise(error)) Promise.prototype.then.call(error, undefined, () => undefined);
  return { error };
}

/** Tells whether a value is an error, of any realm; never throws. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

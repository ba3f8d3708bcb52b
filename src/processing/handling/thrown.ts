import { types } from 'node:util';

/**
 * What the user's code has thrown, which can be anything, also `undefined`: that something was thrown is said by the
 * object around it.
 */
export interface Thrown {
  readonly error: unknown;
}

/**
 * Takes hold of what was thrown. A promise that was thrown and rejects would otherwise end the process, as its
 * rejection is not handled.
 */
export function thrownBy(error: unknown): Thrown {
  if (types.isPromise(error)) Promise.prototype.then.call(error, undefined, () => undefined);
  return { error };
}

/** Tells whether a value is an error, of whatever realm; never throws. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

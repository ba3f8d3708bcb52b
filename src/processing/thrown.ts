import { types } from 'node:util';

/** What the user's code has thrown, which can be anything, also `undefined`: that something was thrown is said by the object around it. */
export interface Thrown {
  readonly error: unknown;
}

/** Takes hold of what was thrown. A promise that was thrown and rejects would otherwise end the process, as nobody listens to it. */
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

/** Returns the text of what was thrown, with its stack where it has one. */
export function thrownText(error: unknown): string {
  try {
    const stack = isError(error) ? error.stack : undefined;
    const text = typeof stack === 'string' ? stack : String(error);
    return text === '' ? 'an error without text' : text;
  } catch {
    return 'something that has no text';
  }
}

/** Returns the message of what was thrown. */
export function thrownMessage(error: unknown): string {
  try {
    const message = isError(error) ? error.message : undefined;
    if (typeof message === 'string') return message;
  } catch {
    // What hides its message may have a text.
  }
  return thrownText(error);
}

import { isStrayPromise } from '../../concurrency';
import { InvalidValueError } from './invalid-value-error';

/** Returns what a codec has made. @throws InvalidValueError for a promise: its value, or its error, would be lost */
export function synchronous<T>(made: T, codec: string): T {
  if (isStrayPromise(made)) throw new InvalidValueError(codec, made, 'synchronous', 'returned');
  return made;
}

import { isPromise } from '../../concurrency';

/**
 * Tells whether a value is an object with fields: no list, no promise, and nothing that a copy of its fields would
 * leave empty, such as a Map or a Date.
 */
export const isData = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype ||
    (Object.prototype.toString.call(value) === '[object Object]' && !isPromise(value)));

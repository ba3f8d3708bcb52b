/**
 * Tells the prototype of an object literal from that of a class. A plain object of another realm (a worker, a test
 * runner's sandbox) has that realm's Object.prototype, which has no parent.
 */
export function isPlain(prototype: object | null): boolean {
  return (
    prototype === null ||
    prototype === Object.prototype ||
    (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'))
  );
}

/** Tells an object literal from an instance of a class, which may have fields for purposes of its own. */
export const isPlainObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(Object.getPrototypeOf(value));

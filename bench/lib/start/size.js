export const AGGREGATES = 100;
export const HANDLERS = 10;

/** Gives a class its name, as its declaration would. */
export function named(name, type) {
  Object.defineProperty(type, 'name', { value: name });
  return type;
}

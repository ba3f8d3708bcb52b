import { PayloadTooLargeError } from './errors';

/**
 * Encodes a sealed event for a database.
 * @throws PayloadTooLargeError when the payload or the metadata has more bytes
 */
export function encodedEvent(
  { name, payload, metadata }: { readonly name: string; readonly payload: object; readonly metadata: object },
  maxBytes: number,
): { payloadJson: string; metadataJson: string } {
  return { payloadJson: encodedJson(payload, name, maxBytes), metadataJson: encodedJson(metadata, `${name}: metadata`, maxBytes) };
}

function encodedJson(sealed: object, path: string, maxBytes: number): string {
  const text = JSON.stringify(sealed);
  // A character takes three bytes at most: most texts need not be counted.
  if (text.length * 3 > maxBytes) {
    const bytes = Buffer.byteLength(text);
    if (bytes > maxBytes) throw new PayloadTooLargeError(path, bytes, maxBytes);
  }
  return text;
}

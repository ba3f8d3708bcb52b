import type { EventMarks } from '../../../messages';
import { PayloadTooLargeError } from '../../ports/errors';

/** The parts of an event that a database keeps as JSON. */
export interface EventJson {
  readonly payloadJson: string;
  readonly metadataJson: string;
  /** Null if the event has no marks. */
  readonly marksJson: string | null;
}

interface EncodableEvent {
  readonly name: string;
  readonly payload: object;
  readonly metadata: object;
  readonly marks?: EventMarks | undefined;
}

/**
 * Encodes a sealed event for a database.
 * @throws PayloadTooLargeError if the payload, the metadata or the marks have more bytes
 */
export function encodedEvent({ name, payload, metadata, marks }: EncodableEvent, maxBytes: number): EventJson {
  return {
    payloadJson: encodedJson(payload, name, maxBytes),
    metadataJson: encodedJson(metadata, `${name}: metadata`, maxBytes),
    marksJson: marks ? encodedJson(marks, `${name}: marks`, maxBytes) : null,
  };
}

/** Counts the bytes of encoded events. */
export const encodedBytes = (events: readonly EventJson[]): number =>
  events.reduce(
    (sum, { payloadJson, metadataJson, marksJson }) =>
      sum + Buffer.byteLength(payloadJson + metadataJson + (marksJson ?? '')),
    0,
  );

function encodedJson(sealed: object, path: string, maxBytes: number): string {
  const text = JSON.stringify(sealed);
  // A character takes at most three bytes, so most texts need not be counted.
  if (text.length * 3 > maxBytes) {
    const bytes = Buffer.byteLength(text);
    if (bytes > maxBytes) throw new PayloadTooLargeError(path, bytes, maxBytes);
  }
  return text;
}

import { type EventMetadata, isoTime, type RecordedEvent } from '../messages';
import type { Row } from './database';

/** Makes a recorded event of a row of `EVENT_COLUMNS`, which begin at the offset given. Deeply frozen. */
export function recordedEvent(row: Row, offset = 0): RecordedEvent {
  return Object.freeze({
    id: row[offset + 4]!,
    name: row[offset + 5]!,
    schemaVersion: Number(row[offset + 6]),
    aggregateName: row[offset + 1]!,
    aggregateId: row[offset + 2]!,
    version: Number(row[offset + 3]),
    position: BigInt(row[offset]!),
    payload: frozen(JSON.parse(row[offset + 7]!)),
    metadata: frozen(JSON.parse(row[offset + 8]!)) as EventMetadata,
    recordedAt: isoTime(Number(row[offset + 9])),
  });
}

/** Freezes what JSON.parse made: a tree, no deeper than what sealing let through. */
function frozen(value: object): object {
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === 'object' && item !== null) frozen(item);
  }
  return Object.freeze(value);
}

import { type EventMetadata, isoTime, type RecordedEvent } from '../messages';
import type { Row } from './database';

// What has no spaces in it travels as one text, with the name at its end: the driver pays for each column of each row.
const head = (position: string, milliseconds: string): string =>
  `concat_ws(' ', e.${position}, e.version, e.event_id, e.schema_version, ${milliseconds}, e.name)`;

/** The columns that {@link recordedEvent} reads, of rows `e` of the events. */
export const EVENT_COLUMNS = `${head('position', '(extract(epoch from e.recorded_at) * 1000)::bigint')}, e.payload, e.metadata, e.aggregate_name, e.aggregate_id`;

/** The first columns that {@link recordedEvent} reads, of rows `e` that the function for streams returns. */
export const STREAM_COLUMNS = `${head('event_position', 'e.recorded_at')}, e.payload, e.metadata`;

/** Makes a recorded event of a row of `EVENT_COLUMNS`, or of `STREAM_COLUMNS` and the stream. Deeply frozen. */
export function recordedEvent(
  [head, payload, metadata, ofRow, idOfRow]: Row,
  aggregateName: string = ofRow!,
  aggregateId: string = idOfRow!,
): RecordedEvent {
  const parts = head!.split(' ');
  const [position, version, id, schemaVersion, milliseconds, name] = parts;
  return Object.freeze({
    id: id!,
    name: parts.length === 6 ? name! : parts.slice(5).join(' '),
    schemaVersion: Number(schemaVersion),
    aggregateName,
    aggregateId,
    version: Number(version),
    position: BigInt(position!),
    payload: frozen(JSON.parse(payload!)),
    metadata: frozen(JSON.parse(metadata!)) as EventMetadata,
    recordedAt: isoTime(Number(milliseconds)),
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

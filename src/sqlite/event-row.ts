import type { EventMetadata, RecordedEvent } from '../messages';

/** The columns of an event and of its stream, as `EVENT_COLUMNS` names them. */
export interface EventRow {
  readonly position: number;
  readonly aggregate_name: string;
  readonly aggregate_id: string;
  readonly version: number;
  readonly id: string;
  readonly name: string;
  readonly schema_version: number;
  readonly payload: string;
  readonly metadata: string;
  readonly recorded_at: string;
}

/** The columns of an event; `e` is the table of events, `s` that of streams. */
export const EVENT_COLUMNS =
  'e.position, s.aggregate_name, s.aggregate_id, e.version, e.id, e.name, e.schema_version, e.payload, e.metadata, e.recorded_at';

/** The last position that SQLite can count to. */
export const LAST_POSITION = 2n ** 63n - 1n;

/** Makes the envelope, deeply frozen, of what is stored. */
export function recordedEvent(row: EventRow): RecordedEvent {
  return Object.freeze({
    id: row.id,
    name: row.name,
    schemaVersion: row.schema_version,
    aggregateName: row.aggregate_name,
    aggregateId: row.aggregate_id,
    version: row.version,
    position: BigInt(row.position),
    payload: frozen<object>(row.payload, row),
    metadata: frozen<EventMetadata>(row.metadata, row),
    recordedAt: row.recorded_at,
  });
}

/** What stands in a row is no JSON: SQLite's error for a file whose bytes were changed from outside. */
class UnreadableRow extends Error {
  readonly code = 'SQLITE_CORRUPT';
}

function frozen<T extends object>(json: string, { position }: EventRow): T {
  try {
    return deeplyFrozen(JSON.parse(json) as T);
  } catch (error) {
    throw new UnreadableRow(`the event at position ${position} is no JSON`, { cause: error });
  }
}

function deeplyFrozen<T extends object>(value: T): T {
  for (const key in value) {
    const part = value[key];
    if (typeof part === 'object' && part !== null) deeplyFrozen(part);
  }
  return Object.freeze(value);
}

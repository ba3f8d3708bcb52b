import type { EventMarks, EventMetadata, RecordedEvent } from '../../../messages';

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
  /** A list of both if the event has marks. */
  readonly metadata: string;
  readonly recorded_at: string;
}

/** One column for both, because few events have marks, and another column would cost each event a tenth of its time. */
const METADATA_AND_MARKS = "iif(e.marks is null, e.metadata, '[' || e.metadata || ',' || e.marks || ']') as metadata";

/** The columns of an event; `e` is the table of events, `s` that of streams. */
export const EVENT_COLUMNS =
  's.aggregate_name, s.aggregate_id, e.position, e.version, e.id, e.name, e.schema_version, e.payload, e.recorded_at, ' +
  METADATA_AND_MARKS;

/** The highest position in SQLite. */
export const LAST_POSITION = 2n ** 63n - 1n;

/** Creates the deeply frozen envelope of a stored event. */
export function recordedEvent(row: EventRow): RecordedEvent {
  const of = frozen(row.metadata, row);
  const marked = Array.isArray(of);
  const recorded = {
    id: row.id,
    name: row.name,
    schemaVersion: row.schema_version,
    aggregateName: row.aggregate_name,
    aggregateId: row.aggregate_id,
    version: row.version,
    position: BigInt(row.position),
    payload: frozen(row.payload, row),
    metadata: (marked ? of[0] : of) as EventMetadata,
    recordedAt: row.recorded_at,
  };
  return Object.freeze(marked ? { ...recorded, marks: of[1] as EventMarks } : recorded);
}

/** Reports a row without valid JSON as SQLite does for a file whose bytes were changed from outside. */
class UnreadableRow extends Error {
  readonly code = 'SQLITE_CORRUPT';
}

function frozen(json: string, { position }: EventRow): object {
  try {
    return deeplyFrozen(JSON.parse(json));
  } catch (error) {
    throw new UnreadableRow(`the event at position ${position} is not JSON`, { cause: error });
  }
}

function deeplyFrozen<T extends object>(value: T): T {
  for (const key in value) {
    const part = value[key];
    if (typeof part === 'object' && part !== null) deeplyFrozen(part);
  }
  return Object.freeze(value);
}

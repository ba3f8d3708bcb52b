import type { EventMarks, EventMetadata, RecordedEvent } from '../../../messages';
import type { SqliteConnection, SqliteStatement } from '../connection/driver';

/** A row of `EVENT_COLUMNS`: a list of its values, or an object, depending on the driver. */
export type EventRow = Values | object;

type Values = readonly [
  aggregateName: string,
  aggregateId: string,
  position: number,
  version: number,
  id: string,
  name: string,
  schemaVersion: number,
  payload: string,
  recordedAt: string,
  /** A list of both if the event has marks. */
  metadata: string,
];

/** One column for both, because few events have marks, and another column would cost each event a tenth of its time. */
const METADATA_AND_MARKS = "iif(e.marks is null, e.metadata, '[' || e.metadata || ',' || e.marks || ']') as metadata";

/** The columns of an event; `e` is the table of events, `s` that of streams. */
export const EVENT_COLUMNS =
  's.aggregate_name, s.aggregate_id, e.position, e.version, e.id, e.name, e.schema_version, e.payload, e.recorded_at, ' +
  METADATA_AND_MARKS;

/** Prepares a statement that returns `EVENT_COLUMNS`, as lists if the driver can: they cost half as much as objects. */
export function prepareEvents(connection: SqliteConnection, text: string): SqliteStatement {
  const statement = connection.prepare(text);
  statement.raw?.(true);
  statement.setReturnArrays?.(true);
  return statement;
}

/** The highest position in SQLite. */
export const LAST_POSITION = 2n ** 63n - 1n;

/** Creates the deeply frozen envelope of a stored event. */
export function recordedEvent(row: EventRow): RecordedEvent {
  // By index: a list of another realm, as under a test runner, is slow to destructure.
  const values = (Array.isArray(row) ? row : Object.values(row)) as readonly unknown[] as Values;
  const position = values[2];
  const of = frozen(values[9], position);
  const marked = Array.isArray(of);
  const recorded = {
    id: values[4],
    name: values[5],
    schemaVersion: values[6],
    aggregateName: values[0],
    aggregateId: values[1],
    version: values[3],
    position: BigInt(position),
    payload: frozen(values[7], position),
    metadata: (marked ? of[0] : of) as EventMetadata,
    recordedAt: values[8],
  };
  return Object.freeze(marked ? { marks: of[1] as EventMarks, ...recorded } : recorded);
}

/** Reports a row without valid JSON as SQLite does for a file whose bytes were changed from outside. */
class UnreadableRow extends Error {
  readonly code = 'SQLITE_CORRUPT';
}

function frozen(json: string, position: number): object {
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

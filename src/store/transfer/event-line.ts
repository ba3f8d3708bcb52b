import { knownNames, type RecordedEvent, shownText, shownValue } from '../../messages';
import { InvalidImportError } from '../ports/errors';

/**
 * The content of a line, in the order in which it is written; the position as decimal digits, because JSON has no
 * bigints, and marks only if there are any.
 */
const FIELDS = [
  'position',
  'id',
  'aggregateName',
  'aggregateId',
  'version',
  'name',
  'schemaVersion',
  'recordedAt',
  'metadata',
  'marks',
  'payload',
] as const satisfies readonly (keyof RecordedEvent)[];

/** Writes an event as one line of JSON, with the line break. */
export function eventLine(event: RecordedEvent): string {
  const {
    position,
    id,
    aggregateName,
    aggregateId,
    version,
    name,
    schemaVersion,
    recordedAt,
    metadata,
    marks,
    payload,
  } = event;
  const place = { position: String(position), id, aggregateName, aggregateId, version };
  const line = { ...place, name, schemaVersion, recordedAt, metadata, marks, payload };
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads a line that {@link eventLine} wrote; the store checks whether the event is complete.
 * @throws InvalidImportError
 */
export function eventOfLine(text: string, line: number): RecordedEvent {
  const value = parsed(text, line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidImportError(line, `it is ${Array.isArray(value) ? 'a list' : shownValue(value)}, not an event.`);
  }
  const faults = Object.keys(value).flatMap(key =>
    FIELDS.some(field => field === key) ? [] : [`'${shownText(key)}' is not a field. ${knownNames(key, FIELDS)}`],
  );
  const { position } = value as { position?: unknown };
  if (typeof position !== 'string' || !/^\d{1,20}$/.test(position)) {
    faults.push(`its position is ${shownValue(position)}; it must be text of decimal digits.`);
  }
  if (faults.length > 0) throw new InvalidImportError(line, faults.join(' '));
  return { ...(value as RecordedEvent), position: BigInt(position as string) };
}

function parsed(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidImportError(line, `it is not JSON (${(error as Error).message}).`, error);
  }
}

import { isName, MAX_NAME_LENGTH, shownText, shownValue } from '../../../messages';
import { DuplicateEventError, InvalidAppendError } from '../../ports/errors';
import { type ExpectedVersion, type NewEvent, type StreamAppend } from '../../ports/stream-append';
import type { StreamName } from '../../ports/stream-name';
import { refuseStream } from './option-checks';

/** The metadata entries of every stored event, as text. */
const REQUIRED_METADATA = ['correlationId', 'causationId', 'commandName'] as const;

/**
 * Refuses an append that no store can accept, with all its faults. It does not check payloads: see `sealPayload`.
 * @throws InvalidAppendError, DuplicateEventError
 */
export function checkAppends(appends: readonly StreamAppend[]): void {
  if (!Array.isArray(appends)) throw new InvalidAppendError(['appends must be a list.']);
  if (!all(appends, isSound)) {
    const faults: string[] = [];
    for (const [place, append] of appends.entries()) checkAppend(append, place, faults);
    checkOncePerStream(appends, faults);
    throw new InvalidAppendError(faults);
  }
  if (appends.length > 1) {
    const faults: string[] = [];
    checkOncePerStream(appends, faults);
    if (faults.length > 0) throw new InvalidAppendError(faults);
  }
  checkEventIds(appends);
}

/** Tells whether a stream at a version meets an expectation. */
export function isExpected(expected: ExpectedVersion, actual: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'none') return actual === 0;
  return expected === 'exists' ? actual > 0 : expected === actual;
}

/**
 * Refuses a value that does not name a stream. A name that no store can keep is a stream without events.
 * @throws InvalidOptionsError
 */
export function checkStream(stream: StreamName): void {
  if (typeof stream?.aggregateName === 'string' && typeof stream.aggregateId === 'string') return;
  refuseStream(stream);
}

// These checks run for every append, so a valid append allocates nothing. Sentences and paths are built only for
// faults.

function isSound(append: StreamAppend): boolean {
  if (!isObject(append)) return false;
  const { stream, expected, events } = append;
  if (!isName(stream?.aggregateName) || !isName(stream?.aggregateId) || !isExpectation(expected)) return false;
  return Array.isArray(events) && events.length > 0 && all(events, isSoundEvent);
}

/** Unlike `every`, it does not skip the holes of a sparse list. */
function all<T>(list: readonly T[], holds: (item: T) => boolean): boolean {
  for (let index = 0; index < list.length; index++) if (!holds(list[index]!)) return false;
  return true;
}

function isSoundEvent(event: NewEvent): boolean {
  if (!isObject(event)) return false;
  const { name, id, schemaVersion, metadata, marks } = event;
  return (
    isName(name) &&
    (id === undefined || isUuid(id)) &&
    (schemaVersion === undefined || isSchemaVersion(schemaVersion)) &&
    (metadata === undefined || isMetadata(metadata) || metadataFaults(metadata, '').length === 0) &&
    (marks === undefined || isMarks(marks))
  );
}

function checkAppend(append: StreamAppend, place: number, faults: string[]): void {
  const path = (field = ''): string => `appends[${place}]${field}`;
  if (!isObject(append))
    return void faults.push(`${path()} is ${shownValue(append)}; it must be a { stream, expected, events } object.`);
  const { stream, expected, events } = append;
  if (!isName(stream?.aggregateName)) faults.push(nameFault(stream?.aggregateName, path('.stream.aggregateName')));
  if (!isName(stream?.aggregateId)) faults.push(nameFault(stream?.aggregateId, path('.stream.aggregateId')));
  if (!isExpectation(expected)) {
    faults.push(
      `${path('.expected')} is ${shownValue(expected)}; it must be 'any', 'none', 'exists' or an integer from 0.`,
    );
  }
  if (!Array.isArray(events) || events.length === 0)
    faults.push(`${path('.events')} must be a list of one event at least.`);
  else for (let index = 0; index < events.length; index++) checkEvent(events[index]!, place, index, faults);
}

function checkEvent(event: NewEvent, place: number, index: number, faults: string[]): void {
  const path = (field = ''): string => `appends[${place}].events[${index}]${field}`;
  if (!isObject(event))
    return void faults.push(`${path()} is ${shownValue(event)}; it must be a { name, payload } object.`);
  const { name, id, schemaVersion, metadata, marks } = event;
  if (!isName(name)) faults.push(nameFault(name, path('.name')));
  if (id !== undefined && !isUuid(id))
    faults.push(`${path('.id')} is ${shownValue(id)}; it must be a UUID in lower case.`);
  if (schemaVersion !== undefined && !isSchemaVersion(schemaVersion)) {
    faults.push(`${path('.schemaVersion')} is ${shownValue(schemaVersion)}; it must be ${SCHEMA_VERSIONS}.`);
  }
  if (metadata !== undefined) faults.push(...metadataFaults(metadata, path('.metadata')));
  if (marks !== undefined && !isMarks(marks))
    faults.push(`${path('.marks')} is ${shownValue(marks)}; it must be ${MARKS}.`);
}

/** Tells whether metadata is complete. */
export function isMetadata(metadata: Readonly<Record<string, unknown>>): boolean {
  if (!isObject(metadata) || Array.isArray(metadata)) return false;
  return (
    typeof metadata.correlationId === 'string' &&
    typeof metadata.causationId === 'string' &&
    typeof metadata.commandName === 'string'
  );
}

function metadataFaults(metadata: Readonly<Record<string, unknown>>, path: string): string[] {
  if (!isObject(metadata) || Array.isArray(metadata))
    return [`${path} is ${shownValue(metadata)}; it must be an object.`];
  return REQUIRED_METADATA.filter(entry => metadata[entry] !== undefined && typeof metadata[entry] !== 'string').map(
    entry => `${path}.${shownText(entry)} is ${shownValue(metadata[entry])}; it must be text.`,
  );
}

/** What {@link isMarks} asks for, in words. */
export const MARKS = '{ deleted: true }, { state: an object }, or both';

/** Tells whether a value can be the marks of an event: at least one, and no unknown one. */
export function isMarks(marks: unknown): boolean {
  if (!isObject(marks) || Array.isArray(marks)) return false;
  const entries = Object.entries(marks as object);
  return (
    entries.length > 0 &&
    entries.every(([key, value]) => (key === 'deleted' ? value === true : key === 'state' && isObject(value)))
  );
}

function isExpectation(expected: unknown): boolean {
  if (typeof expected === 'number') return Number.isSafeInteger(expected) && expected >= 0;
  return expected === 'any' || expected === 'none' || expected === 'exists';
}

const nameFault = (name: unknown, path: string): string =>
  `${path} is ${shownValue(name)}; it must be text of 1 to ${MAX_NAME_LENGTH} characters without NUL.`;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const MAX_SCHEMA_VERSION = 2 ** 31 - 1;

/** What {@link isSchemaVersion} asks for, in words. */
export const SCHEMA_VERSIONS = `an integer from 1 to ${MAX_SCHEMA_VERSION}`;

/** Tells whether a value can be the version of an event's shape; a column of PostgreSQL holds no higher one. */
export const isSchemaVersion = (version: unknown): boolean =>
  Number.isSafeInteger(version) && (version as number) >= 1 && (version as number) <= MAX_SCHEMA_VERSION;

/** Tells whether a value can be the id of an event. */
export function isUuid(id: unknown): boolean {
  return typeof id === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
}

function checkOncePerStream(appends: readonly StreamAppend[], faults: string[]): void {
  if (appends.length < 2) return;
  const seen = new Set<string>();
  for (const append of appends) {
    const { aggregateName, aggregateId } = append?.stream ?? {};
    if (typeof aggregateName !== 'string' || typeof aggregateId !== 'string') continue;
    const key = JSON.stringify([aggregateName, aggregateId]);
    if (seen.has(key))
      faults.push(
        `${shownText(aggregateName)} '${shownText(aggregateId)}' occurs twice; put its events into one append.`,
      );
    seen.add(key);
  }
}

/** Tells whether any event of the appends has an id already. */
export function givesIds(appends: readonly StreamAppend[]): boolean {
  for (let place = 0; place < appends.length; place++) {
    const { events } = appends[place]!;
    for (let index = 0; index < events.length; index++) if (events[index]!.id !== undefined) return true;
  }
  return false;
}

function checkEventIds(appends: readonly StreamAppend[]): void {
  if (!givesIds(appends)) return;
  const seen = new Set<string>();
  for (const { events } of appends) {
    for (const { id } of events) {
      if (id === undefined) continue;
      if (seen.has(id)) throw new DuplicateEventError(id);
      seen.add(id);
    }
  }
}

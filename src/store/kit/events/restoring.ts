import { EventualityError, isName, MAX_NAME_LENGTH, type RecordedEvent, shownValue } from '../../../messages';
import { InvalidRestoreError } from '../../ports/errors';
import { type StreamName, streamKey } from '../../ports/stream-name';
import { isMarks, isMetadata, isSchemaVersion, isUuid, MARKS, SCHEMA_VERSIONS } from './checks';
import { type EventJson, encodedEvent } from './encoding';
import { recordEvent } from './record-event';

/**
 * The highest position that can be restored, 2^47: as many are left for later appends, even where positions have 48
 * bits.
 */
const MAX_RESTORABLE_POSITION = 2n ** 47n;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Where an event is stored. */
export type StoredPlace = StreamName & { readonly version: number };

/** The contents of a store, as far as they matter for a restore. */
export interface RestoreTarget {
  /** The highest stored position, 0n if there is none. */
  readonly last: bigint;
  /** Returns the stream and the version of the stored event with an id. */
  stored(id: string): StoredPlace | undefined;
  /** Returns the version of a stream, 0 if it has no events. */
  versionOf(stream: StreamName): number;
}

/**
 * Returns recorded events sealed and deeply frozen, after checking that each is complete. For the `restore` of a store.
 * @throws InvalidRestoreError
 */
export function sealRestored(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  if (!Array.isArray(events))
    throw new InvalidRestoreError(0, `the events are ${shownValue(events)}; they must be a list.`);
  return events.map((event, index) => {
    const faults = faultsOf(event);
    if (faults.length > 0) throw new InvalidRestoreError(index, faults.join(' '));
    return atEvent(index, () => recordEvent(event, event, event.version, event.position, event.recordedAt));
  });
}

/** A checked recorded event, with its encoding for a database. */
export interface RestoreRequest extends EventJson {
  readonly event: RecordedEvent;
}

/**
 * Seals events as {@link sealRestored} does, and encodes them for a database.
 * @throws InvalidRestoreError also for events that are too large
 */
export function restoreRequests(events: readonly RecordedEvent[], maxPayloadBytes: number): readonly RestoreRequest[] {
  return sealRestored(events).map((event, index) =>
    atEvent(index, () => ({ event, ...encodedEvent(event, maxPayloadBytes) })),
  );
}

/**
 * Returns the events that are not stored yet, after checking that they follow the stored ones. Call it, and write its
 * result, while no other writer can append. For the `restore` of a store.
 * @throws InvalidRestoreError if a position is not after the last one, a version does not follow, or an id belongs to
 * another event
 */
export function eventsToRestore(events: readonly RecordedEvent[], target: RestoreTarget): readonly RecordedEvent[] {
  const fresh = new Map<string, RecordedEvent>();
  const versions = new Map<string, number>();
  let { last } = target;
  for (const [index, event] of events.entries()) {
    const known = fresh.get(event.id) ?? target.stored(event.id);
    if (known && isSame(known, event)) continue;
    const key = streamKey(event);
    const version = versions.get(key) ?? target.versionOf(event);
    if (known) throw new InvalidRestoreError(index, `its id ${shownValue(event.id)} is that of ${placed(known)}.`);
    if (event.position <= last)
      throw new InvalidRestoreError(
        index,
        `its position is ${event.position}; it must come after ${last}, the last one there.`,
      );
    if (event.version !== version + 1)
      throw new InvalidRestoreError(index, `it is ${placed(event)}, but version ${version + 1} must come next.`);
    fresh.set(event.id, event);
    versions.set(key, event.version);
    last = event.position;
  }
  return [...fresh.values()];
}

/** Runs a step for one event; a fault is reported with the event's index in the list. @throws InvalidRestoreError */
function atEvent<T>(index: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw EventualityError.is(error) ? new InvalidRestoreError(index, error.message, error) : error;
  }
}

const isSame = (one: StoredPlace, other: StoredPlace): boolean =>
  one.version === other.version && one.aggregateId === other.aggregateId && one.aggregateName === other.aggregateName;

const placed = ({ aggregateName, aggregateId, version }: StoredPlace): string =>
  `version ${version} of ${aggregateName} ${shownValue(aggregateId)}`;

function faultsOf(event: Readonly<Record<string, unknown>>): string[] {
  if (typeof event !== 'object' || event === null) return [`it is ${shownValue(event)}, not an event.`];
  const faults: string[] = [];
  const check = (field: string, isRight: (value: unknown) => boolean, must: string): void => {
    if (!isRight(event[field])) faults.push(`its ${field} is ${shownValue(event[field])}; it must be ${must}.`);
  };
  check('id', isUuid, 'a UUID in lower case');
  for (const field of ['aggregateName', 'aggregateId', 'name']) {
    check(field, isName, `text of 1 to ${MAX_NAME_LENGTH} characters without NUL`);
  }
  check('version', isVersion, 'an integer from 1');
  check('schemaVersion', isSchemaVersion, SCHEMA_VERSIONS);
  check('position', isPosition, `a bigint from 1 to ${MAX_RESTORABLE_POSITION}`);
  check('recordedAt', isTime, "a time such as '2026-01-31T12:00:00.000Z'");
  check(
    'metadata',
    value => isMetadata(value as never),
    'an object in which correlationId, causationId and commandName are text',
  );
  check('marks', value => value === undefined || isMarks(value), MARKS);
  return faults;
}

const isVersion = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;

const isPosition = (value: unknown): boolean =>
  typeof value === 'bigint' && value >= 1n && value <= MAX_RESTORABLE_POSITION;

function isTime(value: unknown): boolean {
  if (typeof value !== 'string' || !TIME.test(value)) return false;
  const time = Date.parse(value);
  // Not every text of this form is a time: the 30th of February becomes another day, or none.
  return !Number.isNaN(time) && new Date(time).toISOString() === value;
}

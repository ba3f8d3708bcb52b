import { type RecordedEvent, sealPayload } from '../../../messages';
import { DuplicateEventError } from '../../ports/errors';
import type { ExpectedVersion, NewEvent, StreamAppend } from '../../ports/stream-append';
import type { StreamName } from '../../ports/stream-name';
import { recordedMarks } from './record-event';

/**
 * Returns the stored events of an append that is already stored as a whole: each event by its id, in its stream, with
 * the same name, schema version, payload and marks, in the given order and without another event in between; if the
 * append names a version, from that version on. Metadata is not compared, because a repetition may have another
 * correlation, nor is the version for `any` and `exists`. Returns undefined if none of the events is stored. For those
 * who write a store.
 *
 * @param stored returns the stored event with an id
 * @throws DuplicateEventError if some are stored, but not as this append; UnstorableValueError for an invalid payload
 */
export function repeatedEvents(
  appends: readonly StreamAppend[],
  stored: (id: string) => RecordedEvent | undefined,
): readonly RecordedEvent[] | undefined {
  const found = appends.flatMap(({ events }) => events.map(({ id }) => (id === undefined ? undefined : stored(id))));
  const known = found.find(event => event !== undefined);
  if (!known) return undefined;
  let place = 0;
  let last = 0n;
  for (const { stream, expected, events } of appends) {
    let version = versionBefore(expected) ?? (found[place]?.version ?? 1) - 1;
    for (const event of events) {
      const there = found[place++];
      if (!there) throw new DuplicateEventError(known.id, 'not all events of this append are');
      const difference = differenceOf(event, there, stream, ++version, last);
      if (difference) throw new DuplicateEventError(there.id, difference);
      last = there.position;
    }
  }
  return Object.freeze(found as RecordedEvent[]);
}

function versionBefore(expected: ExpectedVersion): number | undefined {
  if (expected === 'none') return 0;
  return typeof expected === 'number' ? expected : undefined;
}

function differenceOf(
  event: NewEvent,
  there: RecordedEvent,
  stream: StreamName,
  version: number,
  last: bigint,
): string | undefined {
  if (there.aggregateName !== stream.aggregateName || there.aggregateId !== stream.aggregateId)
    return 'in another stream';
  if (there.version !== version) return `at version ${there.version} of its stream, not at ${version}`;
  if (there.position <= last) return 'before an event that it follows here';
  if (there.name !== event.name) return 'with another name';
  if (there.schemaVersion !== (event.schemaVersion ?? 1)) return 'with another schema version';
  if (!isSame(sealPayload(event.payload, event.name), there.payload)) return 'with another payload';
  return isSame(event.marks && recordedMarks(event.marks), there.marks) ? undefined : 'with other marks';
}

/** Compares JSON values. The order of keys is ignored, because PostgreSQL changes it. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every(key => Object.hasOwn(other, key) && isSame(one[key as never], other[key as never]));
}

import { isoTime, type RecordedEvent } from '../../../messages';
import { type AppendOutcome, type ExpectedVersion, isExpected, type StreamName, streamKey } from '../../../store';
import { type Row, type Statement, statement } from '../connection/statement';
import { EXPECTED, OUTCOME } from '../schema/append-function';
import type { StoreNames } from '../schema/names';
import type { AppendRequest, PreparedEvent } from './append-request';

/** How to carry out a batch. */
export interface BatchMode {
  /** Whether ids that the store made itself can be stored already, because the batch may have been sent before. */
  readonly repeated: boolean;
  /** Whether to wait for streams that another transaction holds; otherwise their units come back as `busy`. */
  readonly wait: boolean;
  readonly now: number | undefined;
}

/**
 * What needs another query: some of the unit's events are stored already (`known`), its command is `done`, or the claim
 * of its command is `lost`. In the last two cases nothing was written.
 */
export type Unresolved = 'known' | 'done' | 'lost';

/** The result of a unit: the port's outcome, or what needs another query first. */
export type UnitResult = AppendOutcome | Unresolved | 'busy';

/** The types of {@link batchValues}. */
export const APPEND_TYPES = [
  ...[
    'text[]',
    'text[]',
    'bigint[]',
    'boolean[]',
    'integer[]',
    'integer[]',
    'bigint[]',
    'integer[]',
    'integer[]',
    'text[]',
  ],
  ...['text[]', 'uuid[]', 'text[]', 'integer[]', 'jsonb', 'jsonb', 'boolean', 'boolean', 'bigint', 'jsonb'],
];

/** The call of the append function. */
export function appendStatement(names: StoreNames): Statement {
  const parameters = APPEND_TYPES.map((type, index) => `$${index + 1}::${type}`).join(', ');
  return statement(`select outcomes, versions, positions, recorded_at from ${names.of('append')}(\n${parameters})`);
}

/** Encodes a batch as the values of {@link appendStatement}. */
export function batchValues(units: readonly AppendRequest[], { repeated, wait, now }: BatchMode): unknown[] {
  const streams = sortedStreams(units, repeated);
  const appends = { units: [] as number[], streams: [] as number[], expected: [] as number[], counts: [] as number[] };
  const events: PreparedEvent[] = [];
  const eventUnits: number[] = [];
  units.forEach((unit, index) => {
    for (const { stream, expected, events: wanted } of unit.appends) {
      appends.units.push(index + 1);
      appends.streams.push(streams.get(streamKey(stream))!.place);
      appends.expected.push(expectedNumber(expected));
      appends.counts.push(wanted.length);
    }
    for (const event of unit.events) {
      events.push(event);
      eventUnits.push(index + 1);
    }
  });
  const touched = [...streams.values()];
  return [
    touched.map(({ stream }) => stream.aggregateName),
    touched.map(({ stream }) => stream.aggregateId),
    plainArray(touched.map(({ mayBeNew, count }) => (mayBeNew ? count : 0))),
    plainArray(touched.map(({ fresh }) => (fresh ? 't' : 'f'))),
    ...[appends.units, appends.streams, appends.expected, appends.counts, eventUnits].map(plainArray),
    ...eventValues(events),
    repeated || units.some(unit => unit.chosenIds.length > 0),
    wait,
    now,
    units.some(unit => unit.marked) ? `[${events.map(event => event.marksJson ?? 'null').join(',')}]` : null,
  ];
}

const eventValues = (events: readonly PreparedEvent[]): unknown[] => [
  events.map(event => event.stream.aggregateName),
  events.map(event => event.stream.aggregateId),
  ...ownValues(events),
];

/**
 * Encodes the fields of events that do not depend on their streams: ids, names, schema versions, payloads, metadata.
 */
export const ownValues = (events: readonly PreparedEvent[]): unknown[] => [
  plainArray(events.map(event => event.id)),
  events.map(event => event.name),
  plainArray(events.map(event => event.schemaVersion)),
  `[${events.map(event => event.payloadJson).join(',')}]`,
  `[${events.map(event => event.metadataJson).join(',')}]`,
];

/** Reads the function's answer: a result for each unit. */
export function batchResults(row: Row, units: readonly AppendRequest[]): UnitResult[] {
  const outcomes = numbers(row[0]);
  const versions = numbers(row[1]);
  const positions = listed(row[2]);
  const recordedAt = isoTime(Number(row[3]));
  let append = 0;
  let position = 0;
  return units.map((unit, index): UnitResult => {
    const from = append;
    append += unit.appends.length;
    if (outcomes[index] === OUTCOME.known) return 'known';
    if (outcomes[index] === OUTCOME.busy) return 'busy';
    if (outcomes[index] === OUTCOME.conflict) return conflictOutcome(unit, versions.slice(from, append));
    const events = recordedEvents(
      unit,
      versions.slice(from, append),
      positions.slice(position, position + unit.events.length),
      recordedAt,
    );
    position += unit.events.length;
    return { ok: true, events };
  });
}

/** Makes the recorded events of a unit, from the previous version of each of its streams. */
export function recordedEvents(
  unit: AppendRequest,
  versions: number[],
  positions: string[],
  recordedAt: string,
): readonly RecordedEvent[] {
  let index = 0;
  const events = unit.appends.flatMap((append, place) =>
    append.events.map((_, nth) => {
      const event = unit.events[index]!;
      return recorded(event, versions[place]! + nth + 1, BigInt(positions[index++]!), recordedAt);
    }),
  );
  return Object.freeze(events);
}

/** Makes the recorded form of an event that the database has stored. */
export function recorded(
  { stream, id, name, schemaVersion, payload, metadata, marks }: PreparedEvent,
  version: number,
  position: bigint,
  recordedAt: string,
) {
  const { aggregateName, aggregateId } = stream;
  const event = {
    id,
    name,
    schemaVersion,
    aggregateName,
    aggregateId,
    version,
    position,
    payload,
    metadata,
    recordedAt,
  };
  return Object.freeze(marks ? { marks, ...event } : event);
}

function conflictOutcome(unit: AppendRequest, versions: readonly number[]): AppendOutcome {
  const conflicts = unit.appends
    .map(({ stream, expected }, index) => ({ stream, expected, actual: versions[index]! }))
    .filter(({ expected, actual }) => !isExpected(expected, actual));
  return { ok: false, conflicts };
}

interface TouchedStream {
  readonly stream: StreamName;
  /**
   * Whether an append would create it. A repeated append that would not must still wait for the transaction that is
   * creating it, which may be the original.
   */
  mayBeNew: boolean;
  /** Whether the first append expects that the stream does not exist. */
  readonly fresh: boolean;
  /** The number of its events in the batch. */
  count: number;
  place: number;
}

// All writers use the same order, so that no two wait for each other.
function sortedStreams(units: readonly AppendRequest[], repeated: boolean): Map<string, TouchedStream> {
  const touched = new Map<string, TouchedStream>();
  for (const { appends } of units) {
    for (const { stream, expected, events } of appends) {
      const key = streamKey(stream);
      const entry = touched.get(key) ?? {
        stream,
        mayBeNew: repeated,
        fresh: !repeated && isNone(expected),
        count: 0,
        place: 0,
      };
      if (expected === 'any' || isNone(expected)) entry.mayBeNew = true;
      entry.count += events.length;
      touched.set(key, entry);
    }
  }
  const sorted = [...touched].sort(([left], [right]) => (left < right ? -1 : 1));
  sorted.forEach(([, entry], index) => {
    entry.place = index + 1;
  });
  return new Map(sorted);
}

const isNone = (expected: ExpectedVersion): boolean => expected === 'none' || expected === 0;

/** Encodes values that need no quotes. */
export const plainArray = (values: readonly (string | number)[]): string => `{${values.join(',')}}`;

/** Decodes an array of values without quotes; null is empty. */
export const listed = (text: string | null | undefined): string[] =>
  text && text !== '{}' ? text.slice(1, -1).split(',') : [];

const numbers = (text: string | null | undefined): number[] => listed(text).map(Number);

function expectedNumber(expected: ExpectedVersion): number {
  if (typeof expected === 'number') return expected;
  return expected === 'none' ? 0 : EXPECTED[expected];
}

import { isoTime } from '../../../messages';
import type { AppendOutcome } from '../../../store';
import { type Row, type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { recorded } from './append-batch';
import { type AppendRequest, isPlain, versionBefore } from './append-request';

/** The call of the function for one event at a version. */
export const appendOneStatement = (names: StoreNames): Statement =>
  statement(`select event_position, recorded_at from ${names.of('append_one')}(
$1::text, $2::text, $3::bigint, $4::uuid, $5::text, $6::integer, $7::jsonb, $8::jsonb, $9::bigint)`);

/** Encodes a batch as the values of {@link appendOneStatement}, if it is one plain event at a version. */
export function oneEventValues(units: readonly AppendRequest[], now: number | undefined): unknown[] | undefined {
  const [unit] = units;
  if (units.length > 1 || unit!.events.length !== 1 || !isPlain(unit!)) return undefined;
  const expected = versionBefore(unit!);
  if (expected === undefined) return undefined;
  const { stream, id, name, schemaVersion, payloadJson, metadataJson } = unit!.events[0]!;
  return [stream.aggregateName, stream.aggregateId, expected, id, name, schemaVersion, payloadJson, metadataJson, now];
}

/** Reads the function's answer; undefined if it has written nothing. */
export function oneEventOutcome([position, recordedAt]: Row, unit: AppendRequest): AppendOutcome | undefined {
  if (position === null) return undefined;
  const event = recorded(unit.events[0]!, versionBefore(unit)! + 1, BigInt(position!), isoTime(Number(recordedAt)));
  return { ok: true, events: Object.freeze([event]) };
}

import { isoTime } from '../../../messages';
import { streamKey } from '../../../store';
import { type Row, type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { listed, ownValues, plainArray, recordedEvents, type UnitResult } from './append-batch';
import { type AppendRequest, isPlain, type PreparedEvent, versionBefore } from './append-request';

/** The call of the function for appends to streams at known versions. */
export const appendExpectedStatement = (names: StoreNames): Statement =>
  statement(`select refused, positions, recorded_at from ${names.of('append_expected')}(
$1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::integer, $6::integer[], $7::bigint[], $8::uuid[], $9::text[], $10::integer[],
$11::jsonb, $12::jsonb, $13::bigint)`);

interface Placed {
  readonly unit: AppendRequest;
  readonly key: string;
  readonly expected: number;
}

/**
 * Units of one stream each, at a known version, without commands, and each for another stream, in the order in which
 * all writers lock streams.
 */
export class ExpectedBatch {
  readonly #placed: readonly Placed[];

  private constructor(placed: Placed[]) {
    this.#placed = placed.sort(inOrder);
  }

  /** Returns undefined if the function cannot take these units. */
  static of(units: readonly AppendRequest[]): ExpectedBatch | undefined {
    const placed = new Map<string, Placed>();
    for (const unit of units) {
      const expected = isPlain(unit) ? versionBefore(unit) : undefined;
      if (expected === undefined) return undefined;
      const key = streamKey(unit.appends[0]!.stream);
      placed.set(key, { unit, key, expected });
    }
    return placed.size === units.length ? new ExpectedBatch([...placed.values()]) : undefined;
  }

  /** The values of {@link appendExpectedStatement}. */
  values(now: number | undefined): unknown[] {
    const events: PreparedEvent[] = [];
    const places: number[] = [];
    const versions: number[] = [];
    this.#placed.forEach(({ unit, expected }, index) => {
      unit.events.forEach((event, nth) => {
        events.push(event);
        places.push(index + 1);
        versions.push(expected + nth + 1);
      });
    });
    return [
      this.#placed.map(({ unit }) => unit.appends[0]!.stream.aggregateName),
      this.#placed.map(({ unit }) => unit.appends[0]!.stream.aggregateId),
      plainArray(this.#placed.map(({ expected }) => expected)),
      plainArray(this.#placed.map(({ unit, expected }) => expected + unit.events.length)),
      this.#placed.filter(({ expected }) => expected === 0).length,
      plainArray(places),
      plainArray(versions),
      ...ownValues(events),
      now,
    ];
  }

  /** Reads the function's answer: a result for each unit that it has written. */
  results([refused, positions, recordedAt]: Row): Map<AppendRequest, UnitResult> {
    const without = new Set(listed(refused).map(Number));
    const drawn = listed(positions);
    const time = isoTime(Number(recordedAt));
    const results = new Map<AppendRequest, UnitResult>();
    let next = 0;
    this.#placed.forEach(({ unit, expected }, index) => {
      if (without.has(index + 1)) return;
      const end = next + unit.events.length;
      results.set(unit, { ok: true, events: recordedEvents(unit, [expected], drawn.slice(next, end), time) });
      next = end;
    });
    return results;
  }
}

// New streams first, as in the append function.
function inOrder(left: Placed, right: Placed): number {
  if ((left.expected === 0) !== (right.expected === 0)) return left.expected === 0 ? -1 : 1;
  return left.key < right.key ? -1 : 1;
}

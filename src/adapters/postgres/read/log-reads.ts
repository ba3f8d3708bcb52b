import type { RecordedEvent } from '../../../messages';
import type { CheckedStorePage, ListedStream, StreamName } from '../../../store';
import { type Ask, plannedAnew, type Row, type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { EVENT_COLUMNS, recordedEvent } from './rows';

type Page = readonly RecordedEvent[];

const LAST_POSITION = 2n ** 63n - 1n;

/** Reads the log up to the horizon, parts of it, and the list of streams. */
export class LogReads {
  readonly #page: Statement;
  readonly #final: Statement;
  readonly #range: Statement;
  readonly #firstStreams: Statement;
  readonly #laterStreams: Statement;
  /** The last event that was read: up to there all is final, also while a writer lowers the horizon for a moment. */
  #seen: RecordedEvent | undefined;

  constructor(names: StoreNames) {
    this.#page = statement(`select ${EVENT_COLUMNS} from ${names.of('read_all')}($1::bigint, $2::integer) e`);
    this.#final = plannedAnew(finalText(names));
    const parameters = '$1::bigint, $2::bigint, $3::integer, $4::text[], $5::text[], $6::boolean, $7::bigint, $8::uuid';
    this.#range = statement(`select ${EVENT_COLUMNS} from ${names.of('read_range')}(${parameters}) e`);
    this.#firstStreams = statement(streamsText(names, '$1'));
    this.#laterStreams = statement(
      streamsText(names, '$3', 'where (s.aggregate_name, s.aggregate_id) > ($1::text, $2::text)'),
    );
  }

  /** Returns all events after a position. */
  async page(ask: Ask, after: bigint, limit: number): Promise<Page> {
    const final = await this.#finalPage(ask, after, limit);
    if (final) return final;
    const events = this.#events(await ask(this.#page, [after, limit]));
    // There are more: the last one tells how far the log is final.
    if (events.length === limit && events.at(-1) === this.#seen)
      await this.range(ask, { after: events.at(-1)!.position, limit: 1, direction: 'backward' });
    return events;
  }

  /** Returns a full page of events that are far below one that was read; undefined if there is none. */
  async #finalPage(ask: Ask, after: bigint, limit: number): Promise<Page | undefined> {
    const seen = this.#seen;
    if (!seen || seen.position - after < BigInt(limit)) return undefined;
    const rows = await ask(this.#final, [after, limit, seen.position, seen.id]);
    const events = rows.length === limit ? rows.map(row => recordedEvent(row)) : [];
    return events.length > 0 && events.at(-1)!.position <= seen.position ? events : undefined;
  }

  /** Returns the events of a part of the log, in its direction. */
  async range(ask: Ask, page: CheckedStorePage): Promise<Page> {
    const { after, upTo = LAST_POSITION, limit, direction, names, aggregates } = page;
    const seen = this.#seen;
    const bounds = [after, upTo > LAST_POSITION ? LAST_POSITION : upTo, limit];
    const filter = [names ?? null, aggregates ?? null, direction === 'backward'];
    return this.#events(await ask(this.#range, [...bounds, ...filter, seen?.position ?? null, seen?.id ?? null]));
  }

  async streams(ask: Ask, after: StreamName | undefined, limit: number): Promise<readonly ListedStream[]> {
    const rows = after
      ? await ask(this.#laterStreams, [after.aggregateName, after.aggregateId, limit])
      : await ask(this.#firstStreams, [limit]);
    return rows.map(([aggregateName, aggregateId, version, position]) => ({
      aggregateName: aggregateName!,
      aggregateId: aggregateId!,
      ...{ version: Number(version), position: BigInt(position!) },
    }));
  }

  #events(rows: readonly Row[]): Page {
    const events = rows.map(row => recordedEvent(row));
    for (const event of [events[0], events.at(-1)])
      if (event && event.position > (this.#seen?.position ?? 0n)) this.#seen = event;
    return events;
  }
}

// Below an event that was read nothing can appear any more, so the horizon is not needed: half of the time of the
// function, which also keeps a copy of all rows. A replica may lack an event below. It is planned anew, because a plan
// made while the table was small scans all of it; without an upper bound, because a range without statistics is sorted.
const finalText = (names: StoreNames): string =>
  `select ${EVENT_COLUMNS} from ${names.of('events')} e
   where e.position > $1::bigint and not pg_is_in_recovery()
     and exists (select 1 from ${names.of('events')} where position = $3::bigint and event_id = $4::uuid)
   order by e.position limit $2::integer`;

// The version is that of the last event: what a transaction is appending is not seen in either table.
const streamsText = (names: StoreNames, limit: string, start = ''): string =>
  `select s.aggregate_name, s.aggregate_id, e.version, e.position from (
     select * from ${names.of('streams')} s ${start} order by s.aggregate_name, s.aggregate_id limit ${limit}::integer
   ) s cross join lateral (
     select version, position from ${names.of('events')} e
     where e.aggregate_name = s.aggregate_name and e.aggregate_id = s.aggregate_id order by e.version desc limit 1
   ) e order by s.aggregate_name, s.aggregate_id`;

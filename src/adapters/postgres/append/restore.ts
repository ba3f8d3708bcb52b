import type { RecordedEvent } from '../../../messages';
import {
  encodedBytes,
  eventsToRestore,
  PayloadTooLargeError,
  type RestoreOutcome,
  type RestoreRequest,
  restoreRequests,
  type StoredPlace,
  type StreamName,
  streamKey,
} from '../../../store';
import type { Connection } from '../connection/connection';
import type { Database } from '../connection/database';
import { MAX_APPEND_BYTES } from '../connection/options';
import { type Row, statement } from '../connection/statement';
import { StoredEvents } from '../read/stored-events';
import { IN_FLIGHT_LOCK } from '../schema/function-parts';
import type { StoreNames } from '../schema/names';

/**
 * Writes recorded events as they are, in one transaction, and again if the reply was lost: events stored by then are
 * found by their ids.
 * @throws InvalidRestoreError, PayloadTooLargeError for all events together, and what an append throws
 */
export function restore(database: Database, events: readonly RecordedEvent[]): () => Promise<RestoreOutcome> {
  const requests = checkedRequests(events, database.settings.maxPayloadBytes);
  const sent = new Set<string>();
  return () =>
    database.transaction(async connection => {
      const transaction = new RestoreTransaction(connection, database.settings.names);
      const fresh = await transaction.begin(requests.map(({ event }) => event));
      // Events written by an attempt whose reply was lost do not count as stored before: this call wrote them.
      const before = requests.filter(({ event }) => sent.has(event.id) && !fresh.has(event)).length;
      for (const { id } of fresh) sent.add(id);
      if (fresh.size > 0) await transaction.write(requests.filter(({ event }) => fresh.has(event)));
      return { restored: before + fresh.size, skipped: requests.length - fresh.size - before };
    });
}

function checkedRequests(events: readonly RecordedEvent[], maxPayloadBytes: number): readonly RestoreRequest[] {
  const requests = restoreRequests(events, maxPayloadBytes);
  const bytes = encodedBytes(requests);
  if (bytes > MAX_APPEND_BYTES)
    throw new PayloadTooLargeError(`the restore of ${requests.length} events`, bytes, MAX_APPEND_BYTES);
  return requests;
}

/** The steps of one restore, on one connection. */
class RestoreTransaction {
  constructor(
    private readonly connection: Connection,
    private readonly names: StoreNames,
  ) {}

  /**
   * Locks out all writers until the transaction ends, and returns the events that are not stored yet. An append locks
   * the streams first, so the owner of that table's lock sees everything that will ever be below the next position.
   */
  async begin(events: readonly RecordedEvent[]): Promise<ReadonlySet<RecordedEvent>> {
    // Plans use the index, even if they were made while the tables were empty: see docs/decisions/006.
    const settings =
      'set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off';
    await this.connection.run(`${settings}; lock table ${this.names.of('streams')} in share row exclusive mode`);
    const [last] = await this.#ask(`select coalesce(max(position), 0) from ${this.names.of('events')}`);
    const ids = events.map(({ id }) => id);
    const stored: ReadonlyMap<string, StoredPlace> = await new StoredEvents(this.names).find(this.connection.ask, ids);
    const versions = await this.#versions(events);
    const versionOf = (stream: StreamName): number => versions.get(streamKey(stream)) ?? 0;
    return new Set(eventsToRestore(events, { last: BigInt(last![0]!), stored: id => stored.get(id), versionOf }));
  }

  async write(requests: readonly RestoreRequest[]): Promise<void> {
    const events = requests.map(({ event }) => event);
    await this.#movePositions(events.at(-1)!.position);
    const streams = [...new Map(events.map(event => [streamKey(event), event])).values()];
    await this.#ask(
      `insert into ${this.names.of('streams')} (aggregate_name, aggregate_id, version)
       select * from unnest($1::text[], $2::text[], $3::bigint[])
       on conflict (aggregate_name, aggregate_id) do update set version = excluded.version`,
      [
        streams.map(event => event.aggregateName),
        streams.map(event => event.aggregateId),
        streams.map(event => event.version),
      ],
    );
    await this.#ask(insertText(this.names), insertValues(requests));
  }

  async #versions(events: readonly RecordedEvent[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#ask(
      `select t.aggregate_name, t.aggregate_id, t.version from (select distinct * from unnest($1::text[], $2::text[])) s(name, id)
       join ${this.names.of('streams')} t on t.aggregate_name = s.name and t.aggregate_id = s.id`,
      [events.map(event => event.aggregateName), events.map(event => event.aggregateId)],
    );
    return new Map(rows.map(row => [streamKey({ aggregateName: row[0]!, aggregateId: row[1]! }), Number(row[2])]));
  }

  /**
   * The sequence moves immediately, not with the commit. Until the commit the lock holds subscribers back, as for an
   * append.
   */
  async #movePositions(last: bigint): Promise<void> {
    const positions = this.names.of('positions');
    await this.#ask(`select ${IN_FLIGHT_LOCK}::text from ${positions}`);
    await this.#ask(`select setval('${positions}', greatest(last_value, $1::bigint)) from ${positions}`, [last]);
  }

  #ask(text: string, values: unknown[] = []): Promise<readonly Row[]> {
    return this.connection.ask(statement(text), values);
  }
}

const insertText = (names: StoreNames): string => `insert into ${names.of('events')}
  (position, aggregate_name, aggregate_id, version, event_id, name, schema_version, recorded_at, payload, metadata, marks)
select r.position, r.aggregate_name, r.aggregate_id, r.version, r.id, r.name, r.schema_version,
       to_timestamp(r.milliseconds / 1000.0), r.payload, r.metadata, nullif(r.marks, 'null')
  from rows from (
    unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::text[], $7::integer[], $8::bigint[]),
    jsonb_array_elements($9::jsonb), jsonb_array_elements($10::jsonb), jsonb_array_elements($11::jsonb)
  ) r(position, aggregate_name, aggregate_id, version, id, name, schema_version, milliseconds, payload, metadata, marks)`;

function insertValues(requests: readonly RestoreRequest[]): unknown[] {
  const events = requests.map(({ event }) => event);
  return [
    events.map(event => String(event.position)),
    events.map(event => event.aggregateName),
    events.map(event => event.aggregateId),
    events.map(event => event.version),
    events.map(event => event.id),
    events.map(event => event.name),
    events.map(event => event.schemaVersion),
    events.map(event => Date.parse(event.recordedAt)),
    `[${requests.map(({ payloadJson }) => payloadJson).join(',')}]`,
    `[${requests.map(({ metadataJson }) => metadataJson).join(',')}]`,
    `[${requests.map(({ marksJson }) => marksJson ?? 'null').join(',')}]`,
  ];
}

import { isoTime } from '../../../messages';
import type { NewSnapshot, Snapshot, SnapshotStore, StreamName } from '../../../store';
import type { Access } from '../connection/access';
import { type Statement, statement } from '../connection/statement';
import { isStorable } from '../schema/names';

/** Keeps snapshots in a table beside the events. */
export class PostgresSnapshots implements SnapshotStore {
  readonly #load: Statement;
  readonly #save: Statement;
  readonly #delete: Statement;

  constructor(private readonly access: Access) {
    const table = access.settings.names.of('snapshots');
    this.#load = statement(`select version, event_id, state, (extract(epoch from recorded_at) * 1000)::bigint
from ${table} where aggregate_name = $1 and aggregate_id = $2 and schema_version = $3`);
    this.#save =
      statement(`insert into ${table} as s (aggregate_name, aggregate_id, version, event_id, schema_version, state, recorded_at)
values ($1, $2, $3, $4, $5, $6, coalesce(to_timestamp($7::bigint / 1000.0), clock_timestamp()))
on conflict (aggregate_name, aggregate_id) do update set version = excluded.version, event_id = excluded.event_id,
  schema_version = excluded.schema_version, state = excluded.state, recorded_at = excluded.recorded_at
where (excluded.version, excluded.schema_version) >= (s.version, s.schema_version)`);
    this.#delete = statement(`delete from ${table} where aggregate_name = $1 and aggregate_id = $2`);
  }

  async load(
    stream: StreamName,
    schemaVersion: number,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Snapshot | undefined> {
    signal?.throwIfAborted();
    if (!isStorable(stream)) return undefined;
    const { aggregateName, aggregateId } = stream;
    const values = [aggregateName, aggregateId, schemaVersion];
    const [row] = await this.access.run(({ ask }) => ask(this.#load, values), signal);
    if (!row) return undefined;
    const [version, eventId, state, recordedAt] = row as string[];
    return {
      stream: { aggregateName, aggregateId },
      ...{ version: Number(version), eventId: eventId!, schemaVersion, state: state! },
      recordedAt: isoTime(Number(recordedAt)),
    };
  }

  async save({
    stream: { aggregateName, aggregateId },
    version,
    eventId,
    schemaVersion,
    state,
  }: NewSnapshot): Promise<void> {
    const now = this.access.settings.clock?.now();
    await this.access.ask(this.#save, [aggregateName, aggregateId, version, eventId, schemaVersion, state, now]);
  }

  async delete(stream: StreamName): Promise<void> {
    if (isStorable(stream)) await this.access.ask(this.#delete, [stream.aggregateName, stream.aggregateId]);
  }
}

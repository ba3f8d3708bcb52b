import { IN_FLIGHT_LOCK, REFUSE_OTHER_ISOLATION } from './function-parts';
import type { StoreNames } from './names';

/**
 * Creates the function that appends one event at a version, as most commands do. If the stream is at another version or
 * locked by another transaction, it writes nothing and returns nulls; the append function then determines which.
 *
 * Scalars instead of arrays, and one statement for each table: half the time of a batch of one.
 */
export function appendOneFunction(names: StoreNames): string {
  return `create or replace function ${names.of('append_one')}(
  p_aggregate_name text, p_aggregate_id text, p_expected bigint, p_event_id uuid, p_name text, p_schema_version integer,
  p_payload jsonb, p_metadata jsonb, p_recorded_at bigint,
  out event_position bigint, out recorded_at bigint
) language plpgsql volatile
  set enable_seqscan = off set plan_cache_mode = force_generic_plan set jit = off
as $append_one$
declare
  v_at timestamptz(3) := coalesce(to_timestamp(p_recorded_at / 1000.0), clock_timestamp());
begin
${REFUSE_OTHER_ISOLATION}
  if p_expected = 0 then
    insert into ${names.of('streams')} (aggregate_name, aggregate_id, version) values (p_aggregate_name, p_aggregate_id, 1)
      on conflict do nothing;
  else
    update ${names.of('streams')} t set version = p_expected + 1 where t.ctid = (
      select s.ctid from ${names.of('streams')} s
        where s.aggregate_name = p_aggregate_name and s.aggregate_id = p_aggregate_id and s.version = p_expected for update skip locked);
  end if;
  if not found then
    return;
  end if;
  perform ${IN_FLIGHT_LOCK}
    from ${names.of('positions')};
  insert into ${names.of('events')}
      (position, aggregate_name, aggregate_id, version, event_id, name, schema_version, payload, metadata, recorded_at)
    values (nextval('${names.of('positions')}'), p_aggregate_name, p_aggregate_id, p_expected + 1, p_event_id, p_name, p_schema_version,
      p_payload, p_metadata, v_at)
    returning position into event_position;
  recorded_at := (extract(epoch from v_at) * 1000)::bigint;
end $append_one$;`;
}

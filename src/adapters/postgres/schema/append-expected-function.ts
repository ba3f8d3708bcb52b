import { IN_FLIGHT_LOCK, REFUSE_OTHER_ISOLATION } from './function-parts';
import type { StoreNames } from './names';

/**
 * Creates the function that appends to several streams, each at a version that the caller knows, as concurrent commands
 * do. The first `p_new` streams are new. It returns the indexes of the streams that are at another version or locked by
 * another transaction (`refused`), and writes nothing for these; the append function then determines which.
 *
 * Lists instead of loops: two thirds of the time of the append function. New streams come before existing ones, and
 * within each group in the order in which the caller sorted them, which is the same for all writers: no deadlocks.
 */
export function appendExpectedFunction(names: StoreNames): string {
  return `create or replace function ${names.of('append_expected')}(
  p_stream_names text[], p_stream_ids text[], p_expected bigint[], p_versions bigint[], p_new integer,
  p_streams integer[], p_numbers bigint[], p_event_ids uuid[], p_names text[], p_schema_versions integer[],
  p_payloads jsonb, p_metadata jsonb, p_recorded_at bigint,
  out refused integer[], out positions bigint[], out recorded_at bigint
) language plpgsql volatile
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan set jit = off
as $append_expected$
declare
  v_at    timestamptz(3) := coalesce(to_timestamp(p_recorded_at / 1000.0), clock_timestamp());
  v_all   integer := cardinality(p_stream_names);
  v_names text[];
  v_ids   text[];
  v_moved integer[];
begin
${REFUSE_OTHER_ISOLATION}
  recorded_at := (extract(epoch from v_at) * 1000)::bigint;

${streams(names)}

${events(names)}
end $append_expected$;`;
}

function streams(names: StoreNames): string {
  const table = names.of('streams');
  return `  if p_new > 0 then
    with made as (
      insert into ${table} (aggregate_name, aggregate_id, version)
        select s.name, s.id, s.version from unnest(p_stream_names, p_stream_ids, p_versions) with ordinality s(name, id, version, place)
          where s.place <= p_new order by s.place
        on conflict do nothing returning aggregate_name, aggregate_id
    ) select array_agg(m.aggregate_name), array_agg(m.aggregate_id) into v_names, v_ids from made m;
    if coalesce(cardinality(v_ids), 0) < p_new then
      select array_agg(s.place) into refused from unnest(p_stream_names, p_stream_ids) with ordinality s(name, id, place)
        where s.place <= p_new and not exists (select 1 from unnest(v_names, v_ids) m(name, id) where m.name = s.name and m.id = s.id);
    end if;
  end if;
  if p_new < v_all then
    with held as materialized (
      select s.place, s.version, t.ctid as place_on_disk
        from unnest(p_stream_names, p_stream_ids, p_expected, p_versions) with ordinality s(name, id, expected, version, place)
        cross join lateral (
          select h.ctid from ${table} h
            where h.aggregate_name = s.name and h.aggregate_id = s.id and h.version = s.expected for update skip locked
        ) t
        where s.place > p_new order by s.place
    ), moved as (
      update ${table} t set version = h.version from held h where t.ctid = h.place_on_disk returning h.place
    ) select array_agg(m.place) into v_moved from moved m;
    if coalesce(cardinality(v_moved), 0) < v_all - p_new then
      refused := refused || array(select s from generate_series(p_new + 1, v_all) s where s <> all(coalesce(v_moved, '{}')));
    end if;
  end if;`;
}

// First the lock, then the positions.
function events(names: StoreNames): string {
  return `  if cardinality(refused) = v_all then
    return;
  end if;
  perform ${IN_FLIGHT_LOCK}
    from ${names.of('positions')};
  with inserted as (
    insert into ${names.of('events')}
        (position, aggregate_name, aggregate_id, version, event_id, name, schema_version, payload, metadata, recorded_at)
      select nextval('${names.of('positions')}'), p_stream_names[e.stream], p_stream_ids[e.stream], e.number, e.id, e.name, e.schema_version,
             e.payload, e.metadata, v_at
        from (
          select * from rows from (
            unnest(p_streams, p_numbers, p_event_ids, p_names, p_schema_versions),
            jsonb_array_elements(p_payloads), jsonb_array_elements(p_metadata)
          ) with ordinality r(stream, number, id, name, schema_version, payload, metadata, place)
          where refused is null or r.stream <> all(refused) order by r.place
        ) e
      returning position
  ) select array_agg(i.position order by i.position) into positions from inserted i;`;
}

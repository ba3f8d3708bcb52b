import { IN_FLIGHT_LOCK, REFUSE_OTHER_ISOLATION } from './function-parts';
import type { StoreNames } from './names';

/** The outcomes that the append function returns for a unit. */
export const OUTCOME = { appended: 0, known: 1, conflict: 2, busy: 3 } as const;

/** How an expected version is encoded; from 0 on it is the version itself. */
export const EXPECTED = { any: -1, exists: -2 } as const;

/** The parameters of the append function, and of the one for commands after its own. */
export const APPEND_PARAMETERS = `p_stream_names text[], p_stream_ids text[], p_first bigint[], p_fresh boolean[],
  p_units integer[], p_streams integer[], p_expected bigint[], p_counts integer[],
  p_event_units integer[], p_aggregate_names text[], p_aggregate_ids text[], p_event_ids uuid[],
  p_names text[], p_schema_versions integer[], p_payloads jsonb, p_metadata jsonb,
  p_check boolean, p_wait boolean, p_recorded_at bigint, p_marks jsonb`;

/**
 * Creates the function that appends a batch of units, each with appends to one or several streams. A unit is written as
 * a whole or not at all, whatever becomes of the others.
 *
 * 1. Locks all streams, in the order in which the caller sorted them, which is the same for all writers: no deadlocks.
 *    First those that may be new: they are created, with the version (`p_first`) that they have if nothing is refused.
 *    Then the existing ones. Streams that another transaction holds are left out, and their units reported as busy,
 *    unless `p_wait`.
 * 2. Looks up the event ids (`p_check`). Not earlier, so that events stored by a call whose reply was lost are found.
 * 3. Decides one unit after another; a unit sees what the units before it have appended.
 * 4. Says "I may still commit positions above L" by a lock that PostgreSQL releases when this transaction ends, then
 *    draws positions.
 *
 * `p_marks` is null if no event has any; otherwise it holds null for events without marks.
 *
 * Its plans are made when the tables are empty and kept while they grow, so they must use the indexes. They are
 * generic: planning for the arrays of each call would take longer than the work.
 */
export function appendFunction(names: StoreNames): string {
  return `create or replace function ${names.of('append')}(
  ${APPEND_PARAMETERS},
  out outcomes integer[], out versions bigint[], out positions bigint[], out recorded_at bigint
) language plpgsql volatile
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
  set plan_cache_mode = force_generic_plan set jit = off
as $append$
declare
  v_at       timestamptz(3) := coalesce(to_timestamp(p_recorded_at / 1000.0), clock_timestamp());
  v_current  bigint[] := array_fill(null::bigint, array[cardinality(p_stream_names)]);
  v_new      integer := 0;
  v_known    integer[];
  v_numbers  bigint[];
  v_name     text;
  v_id       text;
  v_stream   integer := 1;
  v_version  bigint;
  v_outcome  integer;
  v_append   integer := 1;
  v_start    integer;
  v_event    integer := 0;
begin
${REFUSE_OTHER_ISOLATION}
  recorded_at := (extract(epoch from v_at) * 1000)::bigint;

${lock(names)}

  if p_check then
    select array_agg(distinct u.unit) into v_known
      from unnest(p_event_ids, p_event_units) u(id, unit) join ${names.of('events')} e on e.event_id = u.id;
  end if;

${decide()}

${write(names)}
end $append$;`;
}

// "on conflict do nothing" would wait for a writer that is changing an existing stream, so existing streams are left
// out, unless the first append expects a new one (p_fresh), because looking for it would be in vain. It still waits for
// a writer that is creating the same stream at this moment. A created stream comes back from "returning", in the order
// of the list, and need not be looked up, because no other transaction can see it. A stream that has no version in the
// end exists, but is locked by another writer.
function lock(names: StoreNames): string {
  const listed = 'unnest(p_stream_names, p_stream_ids, v_current) with ordinality s(name, id, version, place)';
  const existing = `${listed}
      join ${names.of('streams')} t on t.aggregate_name = s.name and t.aggregate_id = s.id
      where s.version is null order by s.place for update of t`;
  const absent = `not exists (select 1 from ${names.of('streams')} t where t.aggregate_name = s.name and t.aggregate_id = s.id)`;
  return `  for v_name, v_id in
    insert into ${names.of('streams')} (aggregate_name, aggregate_id, version)
      select s.name, s.id, s.first
        from unnest(p_stream_names, p_stream_ids, p_first, p_fresh) with ordinality s(name, id, first, fresh, place)
        where s.first > 0 and (s.fresh or ${absent}) order by s.place
      on conflict do nothing returning aggregate_name, aggregate_id
  loop
    while p_stream_names[v_stream] <> v_name or p_stream_ids[v_stream] <> v_id loop v_stream := v_stream + 1; end loop;
    v_current[v_stream] := 0;
    v_new := v_new + 1;
  end loop;
  if v_new < cardinality(p_stream_names) then
    if p_wait then
      perform 1 from ${existing};
    end if;
    for v_stream, v_version in select s.place, t.version from ${existing} skip locked loop
      v_current[v_stream] := v_version;
    end loop;
    if array_position(v_current, null) is not null then
      for v_stream in select s.place from ${listed} where s.version is null and ${absent} loop
        v_current[v_stream] := 0;
      end loop;
    end if;
  end if;`;
}

function decide(): string {
  return `  while v_append <= cardinality(p_units) loop
    v_start := v_append;
    v_outcome := case when p_units[v_start] = any(v_known) then ${OUTCOME.known} else ${OUTCOME.appended} end;
    while p_units[v_append] = p_units[v_start] loop
      v_version := v_current[p_streams[v_append]];
      versions[v_append] := v_version;
      if v_version is null then
        v_outcome := ${OUTCOME.busy};
      elsif v_outcome = ${OUTCOME.appended} and not (case p_expected[v_append]
          when ${EXPECTED.any} then true when ${EXPECTED.exists} then v_version > 0 else v_version = p_expected[v_append] end) then
        v_outcome := ${OUTCOME.conflict};
      end if;
      v_append := v_append + 1;
    end loop;
    outcomes[p_units[v_start]] := v_outcome;
    for a in v_start .. v_append - 1 loop
      if v_outcome = ${OUTCOME.appended} then v_current[p_streams[a]] := versions[a] + p_counts[a]; end if;
      for n in 1 .. p_counts[a] loop
        v_event := v_event + 1;
        v_numbers[v_event] := case when v_outcome = ${OUTCOME.appended} then versions[a] + n end;
      end loop;
    end loop;
  end loop;`;
}

// A lock for each transaction, not for each append, because the lock table is small. A setting local to the transaction
// tells that the lock is held; both are undone by a rollback to an earlier savepoint.
function write(names: StoreNames): string {
  const setting = names.inFlightSetting;
  return `  if ${OUTCOME.appended} = any(outcomes) then
    if v_new < cardinality(p_stream_names) or v_current <> p_first then
      update ${names.of('streams')} t set version = s.version
        from unnest(p_stream_names, p_stream_ids, v_current) s(name, id, version)
        where t.aggregate_name = s.name and t.aggregate_id = s.id and t.version <> s.version and s.version > 0;
    end if;
    if current_setting('${setting}', true) is distinct from 'held' then
      perform ${IN_FLIGHT_LOCK},
              set_config('${setting}', 'held', true) from ${names.of('positions')};
    end if;
    with inserted as (
      insert into ${names.of('events')}
          (position, aggregate_name, aggregate_id, version, event_id, name, schema_version, payload, metadata, recorded_at, marks)
        select nextval('${names.of('positions')}'), e.aggregate_name, e.aggregate_id, e.version, e.id, e.name, e.schema_version,
               e.payload, e.metadata, v_at, nullif(e.marks, 'null')
          from (
            select * from rows from (
              unnest(v_numbers, p_aggregate_names, p_aggregate_ids, p_event_ids, p_names, p_schema_versions),
              jsonb_array_elements(p_payloads), jsonb_array_elements(p_metadata), jsonb_array_elements(p_marks)
            ) with ordinality r(version, aggregate_name, aggregate_id, id, name, schema_version, payload, metadata, marks, place)
            where r.version is not null order by r.place
          ) e
        returning position
    ) select array_agg(i.position order by i.position) into positions from inserted i;
  end if;
  if v_new > 0 and 0 = any(v_current) then
    delete from ${names.of('streams')} t using unnest(p_stream_names, p_stream_ids, v_current) s(name, id, version)
      where s.version = 0 and t.aggregate_name = s.name and t.aggregate_id = s.id;
  end if;`;
}

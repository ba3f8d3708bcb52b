import type { StoreNames } from './names';

/**
 * Plans go by the indexes, in their order, and are kept: left to the planner, they go by what the tables were when they
 * were made.
 */
const BY_INDEX =
  'set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off set plan_cache_mode = force_generic_plan set jit = off';

/** A row for each one given is looked up: other joins read all rows. */
const LOOKUPS = 'set enable_hashjoin = off set enable_mergejoin = off';

/**
 * Makes the function that makes the changes of a process: a part of the statement of a commit, of several steps in the
 * order of `ProcessChanges`, each of which sees what the one before has done.
 */
export function changeProcessFunction(names: StoreNames): string {
  const [inputs, outputs, deadlines] = ['inputs', 'outputs', 'deadlines'].map(rows => names.of(`process_${rows}`));
  return `create or replace function ${names.of('change_process')}(
  p_process text, p_at bigint, p_ends text[],
  p_input_ids text[], p_input_instances text[], p_input_hashes bigint[], p_input_runs integer[], p_input_kinds text[],
  p_input_positions bigint[], p_input_contents jsonb, p_input_statuses text[], p_input_notes text[],
  p_output_ids text[], p_output_instances text[], p_output_hashes bigint[], p_output_runs integer[], p_output_inputs text[],
  p_output_contents jsonb, p_output_statuses text[], p_output_notes text[],
  p_outcome_ids text[], p_outcome_statuses text[], p_outcome_notes text[],
  p_clear_instances text[], p_clear_keys text[], p_clear_ids text[],
  p_instances text[], p_hashes bigint[], p_keys text[], p_ids text[], p_runs integer[], p_due bigint[], p_contents jsonb,
  p_hold_instances text[], p_hold boolean[], p_forget text[]
) returns boolean language plpgsql volatile
  ${BY_INDEX} ${LOOKUPS}
as $change_process$
#variable_conflict use_column
declare
  v_at timestamptz(3) := coalesce(to_timestamp(p_at / 1000.0), clock_timestamp());
begin
  if p_ends <> '{}' then
    update ${outputs} set status = 'cancelled', held = false
      where process = p_process and instance = any(p_ends) and status = 'pending';
    delete from ${deadlines} where process = p_process and instance = any(p_ends);
  end if;
  if p_input_ids <> '{}' then
    insert into ${inputs} (process, id, instance, hash, run, kind, position, content, status, note, at)
    select p_process, g.id, g.instance, g.hash, g.run, g.kind, g.position, nullif(g.content, 'null'), g.status, g.note, v_at
    from rows from (unnest(p_input_ids), unnest(p_input_instances), unnest(p_input_hashes), unnest(p_input_runs),
      unnest(p_input_kinds), unnest(p_input_positions), jsonb_array_elements(p_input_contents), unnest(p_input_statuses),
      unnest(p_input_notes)) g (id, instance, hash, run, kind, position, content, status, note)
    on conflict (process, id) do update set status = excluded.status, note = excluded.note, run = excluded.run;
  end if;
  if p_output_ids <> '{}' then
    insert into ${outputs} as o (process, id, instance, hash, run, input, content, status, note, at)
    select p_process, g.id, g.instance, g.hash, g.run, g.input, g.content, g.status, g.note, v_at
    from rows from (unnest(p_output_ids), unnest(p_output_instances), unnest(p_output_hashes), unnest(p_output_runs),
      unnest(p_output_inputs), jsonb_array_elements(p_output_contents), unnest(p_output_statuses), unnest(p_output_notes))
      g (id, instance, hash, run, input, content, status, note)
    on conflict (process, id) do update set status = excluded.status, note = excluded.note,
      held = o.held and excluded.status = 'pending';
  end if;
  if p_outcome_ids <> '{}' then
    update ${outputs} o set status = g.status, note = g.note, held = o.held and g.status = 'pending'
      from unnest(p_outcome_ids, p_outcome_statuses, p_outcome_notes) g (id, status, note)
      where o.process = p_process and o.id = g.id;
  end if;
  if p_clear_keys <> '{}' then
    delete from ${deadlines} d using unnest(p_clear_instances, p_clear_keys, p_clear_ids) g (instance, key, id)
    where d.process = p_process and d.instance = g.instance and d.key = g.key and d.id = coalesce(g.id, d.id);
  end if;
  if p_keys <> '{}' then
    insert into ${deadlines} (process, instance, hash, key, id, run, due_at, content)
    select p_process, g.instance, g.hash, g.key, g.id, g.run, g.due_at, nullif(g.content, 'null')
    from rows from (unnest(p_instances), unnest(p_hashes), unnest(p_keys), unnest(p_ids), unnest(p_runs), unnest(p_due),
      jsonb_array_elements(p_contents)) g (instance, hash, key, id, run, due_at, content)
    on conflict (process, instance, key) do update set ${MOVED};
  end if;
  if p_hold <> '{}' then
    update ${outputs} o set held = g.held from unnest(p_hold_instances, p_hold) g (instance, held)
      where o.process = p_process and o.instance = g.instance and o.status = 'pending' and o.held <> g.held;
    update ${deadlines} d set held = g.held from unnest(p_hold_instances, p_hold) g (instance, held)
      where d.process = p_process and d.instance = g.instance and d.held <> g.held;
  end if;
  if p_forget <> '{}' then
    delete from ${inputs} where process = p_process and instance = any(p_forget);
    delete from ${outputs} where process = p_process and instance = any(p_forget);
    delete from ${deadlines} where process = p_process and instance = any(p_forget);
  end if;
  return true;
end $change_process$;`;
}

/** The columns that are set when a deadline is moved. */
export const MOVED = ['hash', 'id', 'run', 'due_at', 'content'].map(each => `${each} = excluded.${each}`).join(', ');

/**
 * Creates the function that finds the due deadlines of several segments, and the time until the next one of their
 * processes. It returns at least one row: if nothing is due, one with nulls beside `next_in`.
 */
export function processDueFunction(names: StoreNames): string {
  const deadlines = names.of('process_deadlines');
  return `create or replace function ${names.of('process_due')}(
  p_processes text[], p_segments integer[], p_segment integer[], p_limit integer
) returns table (next_in bigint, process text, instance text, hash bigint, key text, id text, run integer, due_at bigint, content jsonb)
  language plpgsql stable
  ${BY_INDEX} ${LOOKUPS}
as $process_due$
#variable_conflict use_column
declare
  v_now bigint := floor(extract(epoch from clock_timestamp()) * 1000);
begin
  return query select n.due_at - v_now, d.process, d.instance, d.hash, d.key, d.id, d.run, d.due_at, d.content
    from (
      select min(n.due_at) as due_at from (select distinct p.process from unnest(p_processes) p (process)) p
      cross join lateral (
        select d.due_at from ${deadlines} d where d.process = p.process and not d.held and d.due_at > v_now order by d.due_at limit 1
      ) n
    ) n left join (
      select s.place, d.* from unnest(p_processes, p_segments, p_segment) with ordinality s (process, segments, segment, place)
      cross join lateral (
        select * from ${deadlines} d
        where d.process = s.process and not d.held and d.due_at <= v_now and d.hash % s.segments = s.segment
        order by d.due_at, d.entry limit p_limit
      ) d
    ) d on true order by d.place, d.due_at, d.entry;
end $process_due$;`;
}

/** Creates the functions that read pages of inputs and outputs; a null argument selects everything. */
export function processPageFunctions(names: StoreNames): string {
  const isPending = `r.status = 'pending' and not r.held`;
  const pending = `elsif p_status = 'pending' and not p_held then
    return query select r.* from ${names.of('process_outputs')} r
      where r.process = p_process and r.entry > p_after and ${isPending} and ${OF_SEGMENT} order by r.entry limit p_limit;`;
  return `${pageFunction(names, 'inputs')}\n\n${pageFunction(names, 'outputs', { pending, held: true })}`;
}

const OF_SEGMENT = '(p_segments is null or r.hash % p_segments = p_segment)';

function pageFunction(
  names: StoreNames,
  rows: 'inputs' | 'outputs',
  { pending = '', held = false }: { readonly pending?: string; readonly held?: boolean } = {},
): string {
  const table = names.of(`process_${rows}`);
  const matching = `${OF_SEGMENT} and (p_status is null or r.status = p_status)${held ? ' and (p_held is null or r.held = p_held)' : ''}`;
  return `create or replace function ${names.of(`${rows}_page`)}(
  p_process text, p_instance text, p_segments integer, p_segment integer, p_status text, ${held ? 'p_held boolean, ' : ''}p_after bigint, p_limit integer
) returns setof ${table} language plpgsql stable
  ${BY_INDEX}
as $page$
begin
  if p_instance is not null then
    return query select r.* from ${table} r
      where r.process = p_process and r.instance = p_instance and r.entry > p_after and ${matching} order by r.entry limit p_limit;
  ${pending}
  else
    return query select r.* from ${table} r
      where r.process = p_process and r.entry > p_after and ${matching} order by r.entry limit p_limit;
  end if;
end $page$;`;
}

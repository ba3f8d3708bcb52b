import type { StoreNames } from './names';

/**
 * Makes the function that reads a part of the log: up to a position, of some names and aggregates only, or backward. It
 * goes by position and examines each event of the range, without an index by name: see docs/decisions/013. Each call is
 * planned anew, because a generic plan would also check each event against filters that are not given.
 *
 * `p_seen` is an event that the caller has read. While it is stored, nothing can appear below it any more: up to there
 * the range is complete also in the moments in which a writer lowers the horizon.
 */
export function readRangeFunction(names: StoreNames): string {
  const events = names.of('events');
  const range = (order: string): string => `    return query select e.* from ${events} e
      where e.position > p_after and e.position <= v_end
        and (p_names is null or e.name = any (p_names))
        and (p_aggregates is null or e.aggregate_name = any (p_aggregates))
      order by e.position ${order} limit p_limit;`;
  return `create or replace function ${names.of('read_range')}(
  p_after bigint, p_up_to bigint, p_limit integer, p_names text[], p_aggregates text[], p_backward boolean,
  p_seen bigint, p_seen_id uuid
) returns setof ${events} language plpgsql volatile rows 1000
  set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_custom_plan
as $read_range$
declare
  v_end bigint := ${names.of('horizon')}();
begin
  if exists (select 1 from ${events} e where e.position = p_seen and e.event_id = p_seen_id) then
    v_end := greatest(v_end, p_seen);
  end if;
  v_end := least(v_end, p_up_to);
  if p_backward then
${range('desc')}
  else
${range('asc')}
  end if;
end $read_range$;`;
}

import { DRAWN, LOWER_HALF, REFUSE_OTHER_ISOLATION } from './function-parts';
import type { StoreNames } from './names';

/**
 * Creates the function that returns the horizon: the highest position below which no event can appear any more.
 *
 * It reads the last drawn position first, then the lowest position above which a writer may still commit. A writer that
 * drew a position before the first read either holds its lock at the second read, or has ended, and then every later
 * statement sees what it committed. A lock has only the lower half of its position; of all positions with that half, it
 * is the one nearest to the last drawn, as no transaction stays open while two thousand million positions are drawn.
 *
 * A volatile function takes a new snapshot for each statement, but only in READ COMMITTED, and only the primary knows
 * the locks.
 */
export function horizonFunction(names: StoreNames): string {
  return `create or replace function ${names.of('horizon')}() returns bigint language plpgsql volatile set jit = off as $horizon$
declare
  v_drawn     bigint;
  v_sequence  oid;
  v_in_flight bigint;
begin
${REFUSE_OTHER_ISOLATION}
  if pg_is_in_recovery() then
    raise exception 'eventuality: replica' using errcode = 'EVT02';
  end if;
  select ${DRAWN}, tableoid into v_drawn, v_sequence from ${names.of('positions')};
  select min(${nearest('objid::bigint', 'v_drawn')}) into v_in_flight
    from pg_catalog.pg_locks
   where locktype = 'advisory' and objsubid = 1 and granted
     and database = (select oid from pg_catalog.pg_database where datname = current_database())
     and classid = v_sequence;
  return least(v_drawn, v_in_flight);
end $horizon$;

create or replace function ${names.of('read_all')}(p_after bigint, p_limit integer)
returns setof ${names.of('events')} language plpgsql volatile rows 1000
  set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $read_all$
declare
  v_horizon bigint := ${names.of('horizon')}();
begin
  return query select e.* from ${names.of('events')} e
    where e.position > p_after and e.position <= v_horizon order by e.position limit p_limit;
end $read_all$;`;
}

/** The number with this lower half that is nearest to another number. */
function nearest(lowerHalf: string, other: string): string {
  const half = (LOWER_HALF + 1) / 2;
  return `${other} + ((${lowerHalf} - ${other} + ${half}) & ${LOWER_HALF}) - ${half}`;
}

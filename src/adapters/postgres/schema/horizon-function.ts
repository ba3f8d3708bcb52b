import { DRAWN, LOWER_HALF, REFUSE_OTHER_ISOLATION } from './function-parts';
import type { StoreNames } from './names';

/**
 * Makes the function that returns the horizon: the highest position below which nothing can appear any more.
 *
 * First the last position drawn, then the lowest that a writer may still commit above: a writer that drew a position
 * before the first look either holds the lock at the second, or has ended, and then what it committed is seen by every
 * statement that begins after this one. A lock has the lower half of its position only: of all that end so it is the
 * one nearest to the last drawn, as no transaction stays open while two thousand million positions are drawn.
 *
 * A function that is volatile takes a new snapshot for each statement, but only in READ COMMITTED, and only the primary
 * knows the locks.
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

/** The number with this lower half that is nearest to another one. */
function nearest(lowerHalf: string, other: string): string {
  const half = (LOWER_HALF + 1) / 2;
  return `${other} + ((${lowerHalf} - ${other} + ${half}) & ${LOWER_HALF}) - ${half}`;
}

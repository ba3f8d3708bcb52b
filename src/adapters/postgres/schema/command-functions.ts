import { APPEND_PARAMETERS, OUTCOME } from './append-function';
import { REFUSE_OTHER_ISOLATION } from './function-parts';
import type { StoreNames } from './names';

const INDEXES_ONLY = `set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan set jit = off`;

/**
 * For a transaction that makes or renews a claim: it does not wait for the disk, because a crash of the server
 * invalidates every claim.
 */
export const NOT_DURABLE = `set_config('synchronous_commit', 'off', true)`;

/** The time by the caller's clock, if given, or by the server's. */
export const timeOf = (parameter: string): string => `coalesce(to_timestamp(${parameter} / 1000.0), clock_timestamp())`;

/** So many milliseconds. */
export const milliseconds = (count: string): string => `${count} * interval '1 millisecond'`;

/**
 * Creates the table of commands. A command is done when it has a list of events. `expires_at` is set once, so that
 * later updates touch no index; it finds the rows that may be deleted, if `held_until` is past, too.
 */
export function commandTable(names: StoreNames): string {
  return `create table if not exists ${names.of('commands')} (
  command_id   text collate "C" not null,
  fingerprint  text collate "C" not null,
  token        text collate "C" not null,
  lease        bigint not null,
  keep         bigint not null,
  held_until   timestamptz not null,
  expires_at   timestamptz not null,
  event_ids    uuid[],
  aggregate_id text collate "C",
  version      bigint,
  constraint ${names.local('commands_key')} primary key (command_id)
) with (fillfactor = 60);

create index if not exists ${names.local('commands_time')} on ${names.of('commands')} (expires_at);`;
}

/**
 * Creates the function that claims a command, or returns its state. It never waits: if another transaction is working
 * on a command that looks free, it answers that the command is running, with the caller's fingerprint, because its
 * final state is not known yet. When a claim has expired: see `isFree`.
 */
export function claimFunction(names: StoreNames): string {
  const table = names.of('commands');
  return `create or replace function ${names.of('claim')}(
  p_id text, p_fingerprint text, p_token text, p_lease bigint, p_keep bigint, p_now bigint,
  out state text, out known text, out event_ids uuid[], out aggregate_id text, out version bigint
) language plpgsql volatile ${INDEXES_ONLY}
as $claim$
declare
  v_now   timestamptz := ${timeOf('p_now')};
  v_until timestamptz := v_now + ${milliseconds('p_lease')};
  v_there record;
begin
${REFUSE_OTHER_ISOLATION}
  state := 'claimed';
  loop
    select c.* into v_there from ${table} c where c.command_id = p_id;
    exit when found;
    insert into ${table} (command_id, fingerprint, token, lease, keep, held_until, expires_at)
      values (p_id, p_fingerprint, p_token, p_lease, p_keep, v_until, v_until + ${milliseconds('p_keep')})
      on conflict do nothing;
    if found then
      perform ${NOT_DURABLE};
      return;
    end if;
  end loop;
  if v_there.held_until > v_now and (v_there.event_ids is not null or v_there.held_until <= v_now + ${milliseconds('2 * v_there.lease')}) then
    known := v_there.fingerprint;
    if v_there.event_ids is not null then
      state := 'done';
      event_ids := v_there.event_ids;
      aggregate_id := v_there.aggregate_id;
      version := v_there.version;
      return;
    elsif v_there.token <> p_token then
      state := 'running';
      return;
    end if;
  end if;
  update ${table} c set fingerprint = p_fingerprint, token = p_token, lease = p_lease, keep = p_keep, held_until = v_until,
      expires_at = v_until + ${milliseconds('p_keep')}, event_ids = null, aggregate_id = null, version = null
    where c.ctid = (
      select h.ctid from ${table} h where h.command_id = p_id and h.token = v_there.token and h.held_until = v_there.held_until
        and (h.event_ids is null) = (v_there.event_ids is null) for update skip locked
    );
  if found then
    perform ${NOT_DURABLE};
  else
    state := 'running';
    known := p_fingerprint;
  end if;
end $claim$;`;
}

/**
 * Creates the function that claims many commands, in the order given. It returns those that were known, as their claims
 * leave them; the others, which are usually all, are claimed. Known ones are looked up first, because an insert would
 * wait for a transaction that changes one.
 */
export function claimAllFunction(names: StoreNames): string {
  const table = names.of('commands');
  const given = 'unnest(p_ids, p_fingerprints, p_tokens, p_leases, p_keeps) with ordinality';
  return `create or replace function ${names.of('claim_all')}(
  p_ids text[], p_fingerprints text[], p_tokens text[], p_leases bigint[], p_keeps bigint[], p_now bigint
) returns table (place bigint, state text, known text, event_ids uuid[], aggregate_id text, version bigint)
language plpgsql volatile ${INDEXES_ONLY}
as $claim_all$
#variable_conflict use_column
declare
  v_now   timestamptz := ${timeOf('p_now')};
  v_fresh text[];
begin
${REFUSE_OTHER_ISOLATION}
  with fresh as (
    insert into ${table} (command_id, fingerprint, token, lease, keep, held_until, expires_at)
    select w.id, w.fingerprint, w.token, w.lease, w.keep, v_now + ${milliseconds('w.lease')}, v_now + ${milliseconds('(w.lease + w.keep)')}
    from ${given} w (id, fingerprint, token, lease, keep, place)
    where not exists (select from ${table} c where c.command_id = w.id) order by w.place
    on conflict do nothing returning token
  )
  select array_agg(token) into v_fresh from fresh;
  if v_fresh is not null then
    perform ${NOT_DURABLE};
  end if;
  if cardinality(v_fresh) = cardinality(p_ids) then
    return;
  end if;
  return query select w.place, c.* from ${given} w (id, fingerprint, token, lease, keep, place),
    ${names.of('claim')}(w.id, w.fingerprint, w.token, w.lease, w.keep, p_now) c;
end $claim_all$;`;
}

/**
 * Creates the function that appends a batch with units of commands, and records these in the same transaction. The
 * claims come in the same order for all writers, each with its unit and the indexes of that unit's first and last
 * event. If the caller has lost a claim (`lost`), or the command is done (`done`), the function returns which and
 * writes nothing; the rest of the batch is then sent again.
 */
export function appendClaimedFunction(names: StoreNames): string {
  const table = names.of('commands');
  const given = APPEND_PARAMETERS.replace(/ (text|bigint|boolean|integer|uuid|jsonb)(\[\])?/g, '');
  return `create or replace function ${names.of('append_claimed')}(
  p_command_ids text[], p_tokens text[], p_command_units integer[], p_from integer[], p_until integer[],
  ${APPEND_PARAMETERS},
  out lost integer[], out done integer[], out outcomes integer[], out versions bigint[], out positions bigint[], out recorded_at bigint
) language plpgsql volatile ${INDEXES_ONLY} set enable_hashjoin = off set enable_mergejoin = off
as $append_claimed$
declare
  v_now    timestamptz := ${timeOf('p_recorded_at')};
begin
${REFUSE_OTHER_ISOLATION}
  select array_agg(w.unit) filter (where c.is_done is null), array_agg(w.unit) filter (where c.is_done) into lost, done
    from unnest(p_command_ids, p_tokens, p_command_units) w (id, token, unit) left join lateral (
      select k.event_ids is not null as is_done from ${table} k where k.command_id = w.id and k.token = w.token for update
    ) c on true;
  if lost is not null or done is not null then
    return;
  end if;
  select a.outcomes, a.versions, a.positions, a.recorded_at into outcomes, versions, positions, recorded_at
    from ${names.of('append')}(
  ${given}) a;
  update ${table} c set event_ids = p_event_ids[w.first:w.last], held_until = v_now + ${milliseconds('c.keep')}
    from unnest(p_command_ids, p_command_units, p_from, p_until) w (id, unit, first, last)
    where c.command_id = w.id and outcomes[w.unit] = ${OUTCOME.appended};
end $append_claimed$;`;
}

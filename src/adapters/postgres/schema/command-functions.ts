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
) language plpgsql volatile ${INDEXES_ONLY}
as $append_claimed$
declare
  v_now    timestamptz := ${timeOf('p_recorded_at')};
  v_isDone boolean;
begin
${REFUSE_OTHER_ISOLATION}
  for i in 1 .. cardinality(p_command_ids) loop
    select c.event_ids is not null into v_isDone from ${table} c
      where c.command_id = p_command_ids[i] and c.token = p_tokens[i] for update;
    if not found then
      lost := lost || p_command_units[i];
    elsif v_isDone then
      done := done || p_command_units[i];
    end if;
  end loop;
  if lost is not null or done is not null then
    return;
  end if;
  select a.outcomes, a.versions, a.positions, a.recorded_at into outcomes, versions, positions, recorded_at
    from ${names.of('append')}(
  ${given}) a;
  for i in 1 .. cardinality(p_command_ids) loop
    if outcomes[p_command_units[i]] = ${OUTCOME.appended} then
      update ${table} c set event_ids = p_event_ids[p_from[i]:p_until[i]], held_until = v_now + ${milliseconds('c.keep')}
        where c.command_id = p_command_ids[i];
    end if;
  end loop;
end $append_claimed$;`;
}

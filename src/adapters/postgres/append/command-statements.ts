import { statement } from '../connection/statement';
import { milliseconds, NOT_DURABLE, timeOf } from '../schema/command-functions';
import type { StoreNames } from '../schema/names';

/** The statements for commands. */
export type CommandStatements = ReturnType<typeof commandStatements>;

export function commandStatements(names: StoreNames) {
  const table = names.of('commands');
  const mine = 'command_id = $1 and token = $2';
  const open = 'event_ids is null';
  return {
    /** Returns those that were known; the others are claimed. */
    claim: statement(`select place, state, known, event_ids, aggregate_id, version
from ${names.of('claim_all')}($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint)`),
    // An append in progress locks the row: its claim needs no renewal, and cannot be taken over.
    renew:
      statement(`update ${table} set lease = $3::bigint, held_until = ${timeOf('$4::bigint')} + ${milliseconds('$3::bigint')}
where ctid = (select ctid from ${table} where ${mine} and ${open} for update skip locked) returning ${NOT_DURABLE}`),
    holds: statement(`select 1 from ${table} where ${mine}`),
    done: statement(`update ${table} set
aggregate_id = case when ${open} then $3 else aggregate_id end, version = case when ${open} then $4::bigint else version end,
held_until = case when ${open} then ${timeOf('$6::bigint')} + ${milliseconds('keep')} else held_until end,
event_ids = coalesce(event_ids, $5::uuid[])
where ${mine} returning 1`),
    release: statement(`delete from ${table} where ${mine} and ${open} returning ${NOT_DURABLE}`),
    // The time is a subquery, because a volatile function would be called for each row, and all rows be read.
    forget: statement(`delete from ${table} where ctid = any(array(select ctid from ${table}
where expires_at <= (select ${timeOf('$1::bigint')}) and held_until <= (select ${timeOf('$1::bigint')})
order by expires_at limit $2::integer for update skip locked)) returning ${NOT_DURABLE}`),
  };
}

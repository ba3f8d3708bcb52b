import { type Statement, statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { leaseParts } from './lease-parts';
import { sequencesOf, VERSION_COLUMNS } from './projection-rows';

/** Statements for many segments and versions. They never wait for a row that another transaction has locked. */
export type BulkStatements = ReturnType<typeof bulkStatements>;

const VERSION = ['projection', 'version'];
const SEGMENT = [...VERSION, 'segment'];
const SEGMENT_LISTS = '$1::text[], $2::integer[], $3::integer[]';
const VERSION_LISTS = 'unnest($1::text[], $2::integer[]) with ordinality as w (projection, version, place)';

/** The order in which rows are inserted: two transactions that insert the same rows cannot deadlock. */
const IN_ORDER = 'order by projection, version, segment';

const same = (one: string, other: string, columns: readonly string[] = SEGMENT): string =>
  columns.map(column => `${one}.${column} = ${other}.${column}`).join(' and ');

export function bulkStatements(names: StoreNames) {
  const [leases, members, checkpoints, models] = ['leases', 'members', 'checkpoints', 'read_models'].map(name =>
    names.of(name),
  );
  /** The versions that are not closed; they stay open until the end. */
  const open = (lock: 'share' | 'key share'): string => `open as materialized (
  select r.name as projection, r.version from ${models} r
  where (r.name, r.version) in (select projection, version from wanted) and r.state <> 'closed' for ${lock} of r skip locked
)`;
  return {
    claim: statement(claimText(names, open('key share'))),
    positions:
      statement(`select w.place, c.position from unnest(${SEGMENT_LISTS}) with ordinality as w (projection, version, segment, place)
join ${checkpoints} c on ${same('c', 'w')}`),
    release: statement(`with given as materialized (
  select w.place, l.projection, l.version, l.segment
  from unnest(${SEGMENT_LISTS}, $4::text[], $5::bigint[]) with ordinality as w (projection, version, segment, owner, fence, place)
  join ${leases} l on ${same('l', 'w')} and l.owner = w.owner and l.fence = w.fence for update of l skip locked
)
update ${leases} l set owner = null, lease_until = '-infinity', note = null from given g where ${same('l', 'g')} returning g.place`),
    join: statement(joinText(names, open('key share'))),
    leave: statement(`with given as materialized (
  select w.place, l.projection, l.version from ${VERSION_LISTS}
  join ${members} l on ${same('l', 'w', VERSION)} and l.owner = $3 for update of l skip locked
)
delete from ${members} l using given g where ${same('l', 'g', VERSION)} and l.owner = $3 returning g.place`),
    segments: statement(`select w.place, s.* from ${VERSION_LISTS}
cross join lateral (${leaseParts(names).segmentsOf('w.projection', 'w.version')}) s order by w.place, s.segment`),
    parked: statement(`select w.place, s.* from ${VERSION_LISTS}
cross join lateral (${sequencesOf(names, 'w.projection', 'w.version')}) s order by w.place, s.first`),
    versions: statement(
      `select name, ${VERSION_COLUMNS} from ${models} where name = any($1::text[]) order by name, version`,
    ),
    firstPass: passStatement(names, open('share')),
    pass: passStatement(names, open('key share')),
  };
}

/**
 * Returns the fence of each claim, with the position if it is a renewal; otherwise the owner and its remaining time.
 */
function claimText(names: StoreNames, open: string): string {
  const [leases, checkpoints] = [names.of('leases'), names.of('checkpoints')];
  const { after, held, left } = leaseParts(names);
  return `with wanted as materialized (
  select * from unnest(${SEGMENT_LISTS}, $4::text[], $5::integer[], $6::text[], $7::bigint[])
    with ordinality as w (projection, version, segment, owner, duration, note, fence, place)
), ${open}, known as materialized (
  select w.*, l.owner as last_owner, l.fence as last_fence, ${held} as held, case when ${held} then ${left} end as free_in
  from wanted w join open o on ${same('o', 'w', VERSION)}
  join ${leases} l on ${same('l', 'w')} for update of l skip locked
), renewed as (
  update ${leases} l set owner = k.owner, lease_until = ${after('k.duration')}, duration = k.duration, note = k.note,
    fence = case when k.last_owner = k.owner then k.last_fence else k.last_fence + 1 end
  from known k where ${same('l', 'k')} and (k.last_owner = k.owner or not k.held)
  returning k.place, l.fence, k.last_owner = k.owner as own
), made as (
  insert into ${leases} as l (projection, version, segment, owner, lease_until, duration, note, fence)
  select w.projection, w.version, w.segment, w.owner, ${after('w.duration')}, w.duration, w.note, w.fence
  from wanted w join open o on ${same('o', 'w', VERSION)}
  where not exists (select from ${leases} l where ${same('l', 'w')}) ${IN_ORDER}
  on conflict do nothing returning projection, version, segment, fence
)
select k.place, null::bigint, null::bigint, k.last_owner, k.free_in from known k where k.held and k.last_owner <> k.owner
union all select r.place, r.fence, case when r.own then coalesce(c.position, 0) end, null, null
from renewed r join wanted w using (place) left join ${checkpoints} c on ${same('c', 'w')}
union all select w.place, m.fence, null, null, null from made m join wanted w on ${same('w', 'm')}`;
}

/** Returns the members of each version, and deletes those that have expired. */
function joinText(names: StoreNames, open: string): string {
  const members = names.of('members');
  const { after, inTime } = leaseParts(names);
  return `with wanted as materialized (
  select * from ${VERSION_LISTS}
), ${open}, joined as (
  insert into ${members} as l (projection, version, owner, lease_until, duration)
  select projection, version, $3, ${after('$4::integer')}, $4 from open
  on conflict (projection, version, owner) do update set lease_until = excluded.lease_until, duration = excluded.duration
  returning l.projection, l.version, l.owner
), gone as (
  delete from ${members} d using (
    select l.projection, l.version, l.owner from ${members} l join open o on ${same('o', 'l', VERSION)}
    where l.owner <> $3 and not (${inTime}) for update of l skip locked
  ) o where ${same('d', 'o', [...VERSION, 'owner'])}
)
select w.place, j.owner from wanted w join joined j on ${same('j', 'w', VERSION)}
union select w.place, l.owner from wanted w join joined j on ${same('j', 'w', VERSION)}
join ${members} l on ${same('l', 'w', VERSION)} and ${inTime}`;
}

/**
 * Returns the places of the checkpoints that were moved. New checkpoints are inserted only while their versions are
 * locked. A lease that is locked by a running commit is skipped.
 */
function passStatement(names: StoreNames, open: string): Statement {
  const [leases, checkpoints] = [names.of('leases'), names.of('checkpoints')];
  return statement(`with wanted as materialized (
  select * from unnest(${SEGMENT_LISTS}, $4::bigint[], $5::bigint[], $6::bigint[])
    with ordinality as w (projection, version, segment, from_position, to_position, fence, place)
), ${open}, held as materialized (
  select w.* from wanted w join open o on ${same('o', 'w', VERSION)}
  join ${leases} l on ${same('l', 'w')} and l.fence = w.fence and l.owner is not null for update of l skip locked
), found as materialized (
  select h.*, c.position from held h join ${checkpoints} c on ${same('c', 'h')} for update of c skip locked
), moved as (
  update ${checkpoints} c set position = f.to_position from found f
  where ${same('c', 'f')} and f.position = f.from_position returning f.place
), begun as (
  insert into ${checkpoints} (projection, version, segment, position)
  select h.projection, h.version, h.segment, h.to_position from held h
  where h.from_position = 0 and not exists (select from ${checkpoints} c where ${same('c', 'h')}) ${IN_ORDER}
  on conflict do nothing returning projection, version, segment
)
select place from moved union all select w.place from begun b join wanted w on ${same('w', 'b')}`);
}

import {
  type CheckpointName,
  canBeReadModel,
  checkCheckpoint,
  checkClaim,
  checkMember,
  firstFence,
  type LeaseClaim,
  type LeaseOutcome,
  type Member,
  type SegmentLeases,
  type SegmentState,
  UnknownReadModelError,
} from '../../../store';
import type { Access } from '../connection/access';
import { statement } from '../connection/statement';
import type { StoreNames } from '../schema/names';
import { leaseParts } from './lease-parts';
import { segmentState } from './projection-rows';

/** Leases in a table beside the checkpoints, by the clock of the server. */
export class PostgresLeases implements SegmentLeases {
  readonly #statements: ReturnType<typeof leaseStatements>;

  constructor(private readonly access: Access) {
    this.#statements = leaseStatements(access.settings.names);
  }

  async claim(
    { projection, version, segment }: CheckpointName,
    { owner, duration, note }: LeaseClaim,
  ): Promise<LeaseOutcome> {
    checkClaim({ projection, version, segment }, { owner, duration, note });
    const name = [projection, version, segment];
    // A repeated claim is a renewal.
    return this.access.run(async ({ ask }) => {
      for (;;) {
        const claim = [...name, owner, duration, note ?? null, firstFence()];
        const [claimed] = await ask(this.#statements.claim, claim);
        if (claimed) {
          const [fence, before, position] = claimed;
          // Read after a new claim, so that it contains everything the previous owner has committed.
          const [known] = fence === before ? [[position]] : await ask(this.#statements.position, name);
          return { ok: true, fence: BigInt(fence!), position: BigInt(known?.[0] ?? 0) };
        }
        const [held] = await ask(this.#statements.held, name);
        if (held) return { ok: false, owner: held[0]!, freeIn: Number(held[1]) };
        const [open] = await ask(this.#statements.open, [projection, version]);
        if (!open) throw new UnknownReadModelError(projection, version);
      }
    });
  }

  async release(
    { projection, version, segment }: CheckpointName,
    { owner, fence }: { readonly owner: string; readonly fence: bigint },
  ): Promise<void> {
    checkCheckpoint({ projection, version, segment });
    await this.access.ask(this.#statements.release, [projection, version, segment, owner, fence]);
  }

  async join(projection: string, version: number, { owner, duration }: Member): Promise<readonly string[]> {
    checkMember(projection, version, { owner, duration });
    const rows = await this.access.ask(this.#statements.join, [projection, version, owner, duration]);
    if (rows.length === 0) throw new UnknownReadModelError(projection, version);
    return rows.map(([member]) => member!);
  }

  async members(projection: string, version: number): Promise<readonly string[]> {
    if (!canBeReadModel(projection, version)) return [];
    const rows = await this.access.ask(this.#statements.members, [projection, version]);
    return rows.map(([member]) => member!);
  }

  async leave(projection: string, version: number, owner: string): Promise<void> {
    await this.access.ask(this.#statements.leave, [projection, version, owner]);
  }

  async segments(projection: string, version: number): Promise<readonly SegmentState[]> {
    if (!canBeReadModel(projection, version)) return [];
    const rows = await this.access.ask(this.#statements.segments, [projection, version]);
    return rows.map(segmentState);
  }
}

function leaseStatements(names: StoreNames) {
  const [leases, members] = [names.of('leases'), names.of('members')];
  const [checkpoints, models] = [names.of('checkpoints'), names.of('read_models')];
  const { after, held, inTime, left, segmentsOf } = leaseParts(names);
  const named = 'projection = $1 and version = $2 and segment = $3';
  const until = after('$5::integer');
  const position = `select position from ${checkpoints} where ${named}`;
  return {
    // The version is locked, so that a drop comes before or after.
    claim:
      statement(`insert into ${leases} as l (projection, version, segment, owner, lease_until, duration, note, fence)
select name, version, $3, $4, ${until}, $5, $6, $7::bigint from ${models} where name = $1 and version = $2 and state <> 'closed' for key share
on conflict (projection, version, segment) do update set owner = excluded.owner, lease_until = ${until}, duration = excluded.duration,
  note = excluded.note, fence = case when l.owner = excluded.owner then l.fence else l.fence + 1 end
where l.owner = excluded.owner or not (${held})
returning l.fence, (select fence from ${leases} where ${named} and owner = $4), (${position})`),
    position: statement(position),
    held: statement(`select l.owner, ${left} from ${leases} l where ${named} and ${held}`),
    open: statement(`select 1 from ${models} where name = $1 and version = $2 and state <> 'closed'`),
    release: statement(
      `update ${leases} set owner = null, lease_until = '-infinity', note = null where ${named} and owner = $4 and fence = $5`,
    ),
    // Deletes expired members, skipping those that another transaction is deleting.
    join: statement(`with joined as (
  insert into ${members} as l (projection, version, owner, lease_until, duration)
  select name, version, $3, ${after('$4::integer')}, $4 from ${models} where name = $1 and version = $2 and state <> 'closed' for key share
  on conflict (projection, version, owner) do update set lease_until = excluded.lease_until, duration = excluded.duration
  returning l.owner
), gone as (
  delete from ${members} where projection = $1 and version = $2 and owner in (
    select l.owner from ${members} l where l.projection = $1 and l.version = $2 and l.owner <> $3 and not (${inTime}) for update skip locked
  )
)
select owner from joined union select l.owner from ${members} l, joined where l.projection = $1 and l.version = $2 and ${inTime}`),
    members: statement(`select l.owner from ${members} l where l.projection = $1 and l.version = $2 and ${inTime}`),
    leave: statement(`delete from ${members} where projection = $1 and version = $2 and owner = $3`),
    segments: statement(`${segmentsOf('$1', '$2')} order by segment`),
  };
}

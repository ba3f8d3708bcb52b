import {
  type CheckpointName,
  decideClaim,
  isHeld,
  type KnownLease,
  type LeaseClaim,
  type LeaseOutcome,
  type Member,
  type SegmentState,
  segmentState,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';

interface LeaseRow {
  readonly owner: string | null;
  readonly until: number;
  readonly duration: number;
  readonly fence: string;
  readonly note: string | null;
}

type MemberRow = Pick<LeaseRow, 'until' | 'duration'> & { readonly owner: string };

type Checkpoint = (name: CheckpointName) => bigint;

/** Reads and writes leases through one connection; writes need an open transaction. */
export class LeaseRecords {
  readonly #statements: ReturnType<typeof prepareLeaseStatements>;

  constructor(connection: SqliteConnection) {
    this.#statements = prepareLeaseStatements(connection);
  }

  claim(name: CheckpointName, claim: LeaseClaim, now: number, checkpoint: Checkpoint): LeaseOutcome {
    const { projection, version, segment } = name;
    const row = this.#statements.find.get(projection, version, segment) as LeaseRow | undefined;
    const decision = decideClaim(row && known(row), claim, now);
    if (!decision.ok) return decision;
    const { until, duration, fence } = decision.lease;
    this.#statements.write.run(
      projection,
      version,
      segment,
      claim.owner,
      Math.ceil(until),
      duration,
      fence,
      claim.note ?? null,
    );
    return { ok: true, fence, position: checkpoint(name) };
  }

  release({ projection, version, segment }: CheckpointName, owner: string, fence: bigint): void {
    this.#statements.release.run(projection, version, segment, owner, fence);
  }

  /** Returns the owners of all members, and deletes expired members. */
  join(projection: string, version: number, { owner, duration }: Member, now: number): string[] {
    const { addMember, removeMember } = this.#statements;
    addMember.run(projection, version, owner, Math.ceil(now + duration), duration);
    for (const row of this.#members(projection, version))
      if (!isHeld(row, now)) removeMember.run(projection, version, row.owner);
    return this.members(projection, version, now);
  }

  /** Returns the owners of the members that have not expired. */
  members(projection: string, version: number, now: number): string[] {
    const rows = this.#members(projection, version);
    return rows.filter(row => isHeld(row, now)).map(row => row.owner);
  }

  leave(projection: string, version: number, owner: string): void {
    this.#statements.removeMember.run(projection, version, owner);
  }

  segments(projection: string, version: number, now: number): SegmentState[] {
    const positions = new Map<number, bigint>();
    for (const { segment, position } of this.#statements.positions.all(projection, version) as {
      segment: number;
      position: string;
    }[]) {
      positions.set(segment, BigInt(position));
    }
    const leases = new Map<number, KnownLease>();
    for (const row of this.#statements.all.all(projection, version) as (LeaseRow & { segment: number })[])
      leases.set(row.segment, known(row));
    const segments = [...new Set([...positions.keys(), ...leases.keys()])].sort((one, other) => one - other);
    return segments.map(segment => segmentState(segment, positions.get(segment) ?? 0n, leases.get(segment), now));
  }

  holds({ projection, version, segment }: CheckpointName, fence: bigint): boolean {
    return this.#statements.holds.get(projection, version, segment, fence) !== undefined;
  }

  drop(projection: string, version: number): void {
    this.#statements.drop.run(projection, version);
    this.#statements.dropMembers.run(projection, version);
  }

  #members(projection: string, version: number): MemberRow[] {
    return [...(this.#statements.members.all(projection, version) as MemberRow[])];
  }
}

const known = ({ owner, until, duration, fence, note }: LeaseRow): KnownLease => ({
  ...{ owner: owner ?? undefined, until, duration, fence: BigInt(fence), note: note ?? undefined },
});

function prepareLeaseStatements(connection: SqliteConnection) {
  const named = 'projection = ? and version = ?';
  return {
    find: connection.prepare(
      `select owner, until, duration, cast(fence as text) as fence, note from leases where ${named} and segment = ?`,
    ),
    write: connection.prepare(
      `insert into leases (projection, version, segment, owner, until, duration, fence, note) values (?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (projection, version, segment) do update
       set owner = excluded.owner, until = excluded.until, duration = excluded.duration, fence = excluded.fence, note = excluded.note`,
    ),
    release: connection.prepare(
      `update leases set owner = null, until = 0, note = null where ${named} and segment = ? and owner = ? and fence = ?`,
    ),
    holds: connection.prepare(
      `select 1 from leases where ${named} and segment = ? and fence = ? and owner is not null`,
    ),
    positions: connection.prepare(`select segment, cast(position as text) as position from checkpoints where ${named}`),
    all: connection.prepare(
      `select segment, owner, until, duration, cast(fence as text) as fence, note from leases where ${named}`,
    ),
    drop: connection.prepare(`delete from leases where ${named}`),
    addMember: connection.prepare(
      `insert into members (projection, version, owner, until, duration) values (?, ?, ?, ?, ?)
       on conflict (projection, version, owner) do update set until = excluded.until, duration = excluded.duration`,
    ),
    members: connection.prepare(`select owner, until, duration from members where ${named}`),
    removeMember: connection.prepare(`delete from members where ${named} and owner = ?`),
    dropMembers: connection.prepare(`delete from members where ${named}`),
  };
}

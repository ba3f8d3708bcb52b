import { isName } from '../../../messages';
import {
  type CheckpointMove,
  type CheckpointName,
  type CommitOutcome,
  canBeReadModel,
  checkCheckpoint,
  checkClaim,
  checkMember,
  firstFence,
  type HeldLease,
  type LeaseOutcome,
  type Member,
  type ParkedSequence,
  type ProjectionBulk,
  type ReadModelVersion,
  type SegmentClaim,
  type SegmentState,
  sealedCommit,
  type VersionName,
} from '../../../store';
import type { Access } from '../connection/access';
import type { Ask, Row } from '../connection/statement';
import { type BulkStatements, bulkStatements } from './bulk-statements';
import { parkedSequence, readModelVersion, segmentState } from './projection-rows';

/** Handles many segments and versions in one statement. */
export class PostgresBulk implements ProjectionBulk {
  readonly #statements: BulkStatements;

  constructor(private readonly access: Access) {
    this.#statements = bulkStatements(access.settings.names);
  }

  async claim(claims: readonly SegmentClaim[]): Promise<readonly (LeaseOutcome | undefined)[]> {
    for (const claim of claims) checkClaim(claim, claim);
    const values = [
      ...segmentLists(claims),
      ...[claims.map(({ owner }) => owner), claims.map(({ duration }) => duration)],
      ...[claims.map(({ note }) => note ?? null), claims.map(() => String(firstFence()))],
    ];
    // A claim that is repeated is a renewal.
    return this.access.run(async ({ ask }) => {
      const outcomes = new Array<LeaseOutcome | undefined>(claims.length).fill(undefined);
      const taken: number[] = [];
      for (const [place, fence, position, owner, freeIn] of await ask(this.#statements.claim, values)) {
        const index = Number(place) - 1;
        if (fence == null) outcomes[index] = { ok: false, owner: owner!, freeIn: Number(freeIn) };
        else outcomes[index] = { ok: true, fence: BigInt(fence), position: BigInt(position ?? 0) };
        if (fence != null && position == null) taken.push(index);
      }
      if (taken.length > 0) await this.#placed(ask, claims, taken, outcomes);
      return outcomes;
    });
  }

  async release(leases: readonly HeldLease[]): Promise<readonly boolean[]> {
    for (const lease of leases) checkCheckpoint(lease);
    const values = [
      ...segmentLists(leases),
      ...[leases.map(({ owner }) => owner), leases.map(({ fence }) => String(fence))],
    ];
    const released = new Set(placesOf(await this.access.ask(this.#statements.release, values)));
    return leases.map((_, index) => released.has(index));
  }

  async join(
    versions: readonly VersionName[],
    { owner, duration }: Member,
  ): Promise<readonly (readonly string[] | undefined)[]> {
    for (const { projection, version } of versions) checkMember(projection, version, { owner, duration });
    const rows = await this.access.ask(this.#statements.join, [...versionLists(versions), owner, duration]);
    const members = inPlaces(versions.length, rows, ([member]) => member!);
    return members.map(owners => (owners.length > 0 ? owners : undefined));
  }

  async leave(versions: readonly VersionName[], owner: string): Promise<readonly boolean[]> {
    const left = new Set(placesOf(await this.#ofVersions(this.#statements.leave, versions, owner)));
    return versions.map((_, index) => left.has(index));
  }

  async segments(versions: readonly VersionName[]): Promise<readonly (readonly SegmentState[])[]> {
    return inPlaces(versions.length, await this.#ofVersions(this.#statements.segments, versions), segmentState);
  }

  async parked(versions: readonly VersionName[]): Promise<readonly (readonly ParkedSequence[])[]> {
    return inPlaces(versions.length, await this.#ofVersions(this.#statements.parked, versions), parkedSequence);
  }

  async versions(names: readonly string[]): Promise<readonly (readonly ReadModelVersion[])[]> {
    const found = new Map<string, ReadModelVersion[]>();
    for (const [name, ...row] of await this.access.ask(this.#statements.versions, [names.filter(isName)])) {
      const versions = found.get(name!);
      if (versions) versions.push(readModelVersion(row));
      else found.set(name!, [readModelVersion(row)]);
    }
    return names.map(name => found.get(name) ?? []);
  }

  async pass(moves: readonly CheckpointMove[]): Promise<readonly (CommitOutcome | undefined)[]> {
    for (const { from, to, fence, ...checkpoint } of moves) sealedCommit({ checkpoint, from, to, fence, writes: [] });
    const { pass, firstPass } = this.#statements;
    const values = [
      ...segmentLists(moves),
      ...[moves.map(({ from }) => String(from)), moves.map(({ to }) => String(to))],
      moves.map(({ fence }) => String(fence)),
    ];
    const rows = await this.access.ask(moves.some(({ from }) => from === 0n) ? firstPass : pass, values);
    const moved = new Set(placesOf(rows));
    return moves.map((_, index) => (moved.has(index) ? { ok: true } : undefined));
  }

  /** Read after the claims, so that these positions include all commits of earlier owners. */
  async #placed(
    ask: Ask,
    claims: readonly SegmentClaim[],
    taken: readonly number[],
    outcomes: (LeaseOutcome | undefined)[],
  ): Promise<void> {
    const rows = await ask(this.#statements.positions, segmentLists(taken.map(index => claims[index]!)));
    for (const [place, position] of rows) {
      const index = taken[Number(place) - 1]!;
      outcomes[index] = { ...(outcomes[index] as LeaseOutcome & { ok: true }), position: BigInt(position!) };
    }
  }

  /** Returns nothing for names that no version can have. */
  #ofVersions(
    statement: BulkStatements['segments'],
    versions: readonly VersionName[],
    ...more: unknown[]
  ): Promise<readonly Row[]> {
    const known = versions.map(each => (canBeReadModel(each.projection, each.version) ? each : NO_VERSION));
    return this.access.ask(statement, [...versionLists(known), ...more]);
  }
}

const NO_VERSION: VersionName = { projection: '', version: 0 };

const versionLists = (versions: readonly VersionName[]): unknown[] => [
  versions.map(({ projection }) => projection),
  versions.map(({ version }) => version),
];

const segmentLists = (segments: readonly CheckpointName[]): unknown[] => [
  ...versionLists(segments),
  segments.map(({ segment }) => segment),
];

/** The places of rows, from 0; in the rows they count from 1. */
const placesOf = (rows: readonly Row[]): number[] => rows.map(([place]) => Number(place) - 1);

/** Sorts rows by their place, which is their first column. */
function inPlaces<T>(count: number, rows: readonly Row[], read: (row: Row) => T): T[][] {
  const places = Array.from({ length: count }, (): T[] => []);
  for (const [place, ...row] of rows) places[Number(place) - 1]!.push(read(row));
  return places;
}

import {
  type CheckpointMove,
  type CommitOutcome,
  canBeReadModel,
  checkCheckpoint,
  checkClaim,
  checkMember,
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
import type { SqliteConnection } from '../connection/driver';
import type { FileAccess } from '../connection/file-access';
import { inTransaction } from '../connection/in-transaction';
import type { SqliteSettings } from '../connection/options';
import { withoutDisk } from '../connection/without-disk';
import type { ProjectionRecords } from './projection-records';

/** Handles many segments and versions in one transaction on the file. */
export class SqliteBulk implements ProjectionBulk {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly records: ProjectionRecords,
    private readonly settings: SqliteSettings,
    private readonly access: FileAccess,
  ) {}

  async claim(given: readonly SegmentClaim[]): Promise<readonly (LeaseOutcome | undefined)[]> {
    const claims = given.map(claim => ({ ...claim }));
    for (const claim of claims) checkClaim(claim, claim);
    return this.#write(() => {
      const now = this.settings.clock.now();
      return claims.map(claim =>
        this.#isOpen(claim)
          ? this.records.leases.claim(claim, claim, now, name => this.records.checkpoint(name))
          : undefined,
      );
    });
  }

  async release(given: readonly HeldLease[]): Promise<readonly boolean[]> {
    const leases = given.map(lease => ({ ...lease }));
    for (const lease of leases) checkCheckpoint(lease);
    return this.#write(() =>
      leases.map(lease => {
        this.records.leases.release(lease, lease.owner, lease.fence);
        return true;
      }),
    );
  }

  async join(
    given: readonly VersionName[],
    { owner, duration }: Member,
  ): Promise<readonly (readonly string[] | undefined)[]> {
    const versions = given.map(version => ({ ...version }));
    for (const { projection, version } of versions) checkMember(projection, version, { owner, duration });
    return this.#write(() => {
      const now = this.settings.clock.now();
      return versions.map(each =>
        this.#isOpen(each)
          ? this.records.leases.join(each.projection, each.version, { owner, duration }, now)
          : undefined,
      );
    });
  }

  async leave(given: readonly VersionName[], owner: string): Promise<readonly boolean[]> {
    const versions = given.map(version => ({ ...version }));
    return this.#write(() =>
      versions.map(({ projection, version }) => {
        this.records.leases.leave(projection, version, owner);
        return true;
      }),
    );
  }

  async segments(versions: readonly VersionName[]): Promise<readonly (readonly SegmentState[])[]> {
    return this.#read(versions, ({ projection, version }) =>
      canBeReadModel(projection, version)
        ? this.records.leases.segments(projection, version, this.settings.clock.now())
        : [],
    );
  }

  async parked(versions: readonly VersionName[]): Promise<readonly (readonly ParkedSequence[])[]> {
    return this.#read(versions, ({ projection, version }) =>
      canBeReadModel(projection, version) ? this.records.deadLetters.sequences({ projection, version }, null) : [],
    );
  }

  async versions(names: readonly string[]): Promise<readonly (readonly ReadModelVersion[])[]> {
    return this.#read(names, name => this.records.versions(name));
  }

  async pass(moves: readonly CheckpointMove[]): Promise<readonly (CommitOutcome | undefined)[]> {
    const commits = moves.map(({ from, to, fence, ...checkpoint }) =>
      sealedCommit({ checkpoint, from, to, fence, writes: [] }),
    );
    return this.#write(() =>
      commits.map(commit => {
        if (!this.#isOpen(commit.checkpoint)) return undefined;
        const outcome = this.records.commit({ ...commit, pages: [], process: undefined });
        return outcome.ok ? outcome : undefined;
      }),
    );
  }

  #isOpen({ projection, version }: VersionName): boolean {
    return this.records.isOpen(projection, version);
  }

  /** Reads all at the same moment of the file. */
  #read<Q, A>(questions: readonly Q[], ask: (question: Q) => A): Promise<readonly A[]> {
    const work = (): A[] => questions.map(ask);
    return this.access.read(this.access.inOpenTransaction ? work : () => inTransaction(this.connection, 'begin', work));
  }

  /** Does not wait for the disk: what a power cut loses is done again. */
  #write<T>(work: () => T): Promise<T> {
    return this.access.write(() =>
      withoutDisk(this.connection, this.settings, () => inTransaction(this.connection, 'begin immediate', work)),
    );
  }
}

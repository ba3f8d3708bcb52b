import {
  type CheckpointName,
  canBeReadModel,
  checkCheckpoint,
  checkClaim,
  checkMember,
  type LeaseClaim,
  type LeaseOutcome,
  type Member,
  type SegmentLeases,
  type SegmentState,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import type { FileAccess } from '../connection/file-access';
import { inTransaction } from '../connection/in-transaction';
import type { SqliteSettings } from '../connection/options';
import { withoutDisk } from '../connection/without-disk';
import type { ProjectionRecords } from './projection-records';

/** Leases in the file. The processes that share it run on one machine and use its clock. */
export class SqliteLeases implements SegmentLeases {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly records: ProjectionRecords,
    private readonly settings: SqliteSettings,
    private readonly access: FileAccess,
  ) {}

  async claim(
    { projection, version, segment }: CheckpointName,
    { owner, duration, note }: LeaseClaim,
  ): Promise<LeaseOutcome> {
    const name = { projection, version, segment };
    const claim = { owner, duration, note };
    checkClaim(name, claim);
    return this.#write(() => {
      this.records.refuseClosed(projection, version);
      return this.records.leases.claim(name, claim, this.settings.clock.now(), each => this.records.checkpoint(each));
    });
  }

  async release(
    { projection, version, segment }: CheckpointName,
    { owner, fence }: { readonly owner: string; readonly fence: bigint },
  ): Promise<void> {
    const name = { projection, version, segment };
    checkCheckpoint(name);
    await this.#write(() => this.records.leases.release(name, owner, fence));
  }

  async join(projection: string, version: number, { owner, duration }: Member): Promise<readonly string[]> {
    checkMember(projection, version, { owner, duration });
    return this.#write(() => {
      this.records.refuseClosed(projection, version);
      return this.records.leases.join(projection, version, { owner, duration }, this.settings.clock.now());
    });
  }

  async members(projection: string, version: number): Promise<readonly string[]> {
    if (!canBeReadModel(projection, version)) return [];
    return this.access.read(() => this.records.leases.members(projection, version, this.settings.clock.now()));
  }

  async leave(projection: string, version: number, owner: string): Promise<void> {
    await this.#write(() => this.records.leases.leave(projection, version, owner));
  }

  async segments(projection: string, version: number): Promise<readonly SegmentState[]> {
    if (!canBeReadModel(projection, version)) return [];
    return this.access.read(() => this.records.leases.segments(projection, version, this.settings.clock.now()));
  }

  /** Does not wait for the disk: a power cut ends the owners, too. */
  #write<T>(work: () => T): Promise<T> {
    return this.access.write(() =>
      withoutDisk(this.connection, this.settings, () => inTransaction(this.connection, 'begin immediate', work)),
    );
  }
}

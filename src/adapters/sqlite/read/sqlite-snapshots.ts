import { isoTime } from '../../../messages';
import type { NewSnapshot, Snapshot, SnapshotStore, StreamName } from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import type { FileAccess } from '../connection/file-access';
import type { SqliteSettings } from '../connection/options';
import { withoutDisk } from '../connection/without-disk';
import type { Statements } from './statements';

interface SnapshotRow {
  readonly version: number;
  readonly event_id: string;
  readonly state: string;
  readonly recorded_at: string;
}

/** Keeps snapshots in the file of the events. */
export class SqliteSnapshots implements SnapshotStore {
  constructor(
    private readonly connection: SqliteConnection,
    private readonly statements: Statements,
    private readonly settings: SqliteSettings,
    private readonly access: FileAccess,
  ) {}

  async load(
    { aggregateName, aggregateId }: StreamName,
    schemaVersion: number,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Snapshot | undefined> {
    const found = (): unknown => this.statements.loadSnapshot.get(aggregateName, aggregateId, schemaVersion);
    const row = (await this.access.read(found, signal)) as SnapshotRow | undefined;
    if (!row) return undefined;
    const { version, event_id: eventId, state, recorded_at: recordedAt } = row;
    return { stream: { aggregateName, aggregateId }, version, eventId, schemaVersion, state, recordedAt };
  }

  async save({
    stream: { aggregateName, aggregateId },
    version,
    eventId,
    schemaVersion,
    state,
  }: NewSnapshot): Promise<void> {
    const recordedAt = isoTime(this.settings.clock.now());
    await this.#write(() =>
      this.statements.saveSnapshot.run(aggregateName, aggregateId, version, eventId, schemaVersion, state, recordedAt),
    );
  }

  async delete({ aggregateName, aggregateId }: StreamName): Promise<void> {
    await this.#write(() => this.statements.deleteSnapshot.run(aggregateName, aggregateId));
  }

  /** Does not wait for the disk: a lost snapshot costs only time. */
  #write(work: () => unknown): Promise<unknown> {
    return this.access.write(() => withoutDisk(this.connection, this.settings, work));
  }
}

import { aClock, type Clock, isoTime, refuseOptions, systemClock } from '../../messages';
import type { NewSnapshot, Snapshot, SnapshotStore } from '../ports/snapshot-store';
import type { StreamName } from '../ports/stream-name';

/** Keeps snapshots in memory. They are gone when the process ends, which only costs time. */
export class InMemorySnapshotStore implements SnapshotStore {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #clock: Clock;

  /**
   * @param options `clock` dates the snapshots, default the machine's
   * @param store shared by an event store in memory: it refuses calls when it is closed
   * @throws InvalidOptionsError
   */
  constructor(
    options: { readonly clock?: Clock } = {},
    private readonly store?: { refuseWhenClosed(): void },
  ) {
    refuseOptions('new InMemorySnapshotStore', options, { clock: aClock });
    this.#clock = options.clock ?? systemClock;
  }

  async load(
    stream: StreamName,
    schemaVersion: number,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Snapshot | undefined> {
    signal?.throwIfAborted();
    this.store?.refuseWhenClosed();
    const kept = this.#snapshots.get(keyOf(stream));
    return kept?.schemaVersion === schemaVersion ? kept : undefined;
  }

  async save({ stream, version, eventId, schemaVersion, state }: NewSnapshot): Promise<void> {
    this.store?.refuseWhenClosed();
    const kept = this.#snapshots.get(keyOf(stream));
    if (kept && (kept.version > version || (kept.version === version && kept.schemaVersion > schemaVersion))) return;
    const { aggregateName, aggregateId } = stream;
    const recordedAt = isoTime(this.#clock.now());
    this.#snapshots.set(
      keyOf(stream),
      Object.freeze({
        stream: Object.freeze({ aggregateName, aggregateId }),
        version,
        eventId,
        schemaVersion,
        state,
        recordedAt,
      }),
    );
  }

  async delete(stream: StreamName): Promise<void> {
    this.store?.refuseWhenClosed();
    this.#snapshots.delete(keyOf(stream));
  }
}

const keyOf = ({ aggregateName, aggregateId }: StreamName): string => JSON.stringify([aggregateName, aggregateId]);

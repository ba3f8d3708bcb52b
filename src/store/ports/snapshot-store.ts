import type { StreamName } from './stream-name';

/** The state of an aggregate as of one event of its stream, on its way to the store. */
export interface NewSnapshot {
  readonly stream: StreamName;
  /** The version of the last event that the state contains, from 1. */
  readonly version: number;
  /** The id of that event: a stream with another event there has another history, and the snapshot is none of it. */
  readonly eventId: string;
  /** The version of the state's shape: `snapshot.version` of the aggregate. */
  readonly schemaVersion: number;
  /** JSON text; only the aggregate that it is of knows what stands in it. */
  readonly state: string;
}

/** A snapshot as the store returns it. */
export interface Snapshot extends NewSnapshot {
  /** When the store accepted it, ISO 8601 in UTC. */
  readonly recordedAt: string;
}

/**
 * Keeps one snapshot for each stream, beside the events. What it loses only costs time: an aggregate without a snapshot
 * is folded from its first event. `snapshotStoreContract` of `eventuality/testing` says, as tests, what an
 * implementation must hold.
 */
export interface SnapshotStore {
  /**
   * Returns the snapshot of a stream; nothing when there is none, or when it is of another schema version. An aborted
   * `signal` rejects the look-up with its reason.
   * @throws StoreClosedError
   */
  load(
    stream: StreamName,
    schemaVersion: number,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Snapshot | undefined>;
  /**
   * Keeps a snapshot in place of an earlier one. One of a later version, or of the same version and a later schema
   * version, stays as it is.
   * @throws StoreClosedError
   */
  save(snapshot: NewSnapshot): Promise<void>;
  /** Forgets the snapshot of a stream, where there is one. @throws StoreClosedError */
  delete(stream: StreamName): Promise<void>;
}

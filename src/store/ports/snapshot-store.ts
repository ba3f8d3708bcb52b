import type { StreamName } from './stream-name';

/** A snapshot to store: the state of an aggregate as of one event of its stream. */
export interface NewSnapshot {
  readonly stream: StreamName;
  /** The version of the last event that the state contains, from 1. */
  readonly version: number;
  /**
   * The id of that event. If the stream has another event at this version, it has another history and the snapshot is
   * not used.
   */
  readonly eventId: string;
  /** The version of the state's shape: `snapshot.version` of the aggregate. */
  readonly schemaVersion: number;
  /** JSON text; only the aggregate interprets it. */
  readonly state: string;
}

/** A snapshot as the store returns it. */
export interface Snapshot extends NewSnapshot {
  /** When the store accepted it, ISO 8601 in UTC. */
  readonly recordedAt: string;
}

/**
 * Stores one snapshot for each stream, beside the events. Losing one only costs time: an aggregate without a snapshot
 * is folded from its first event. `snapshotStoreContract` of `eventuality/testing` tests an implementation.
 */
export interface SnapshotStore {
  /**
   * Returns the snapshot of a stream; undefined if there is none, or it has another schema version. An aborted `signal`
   * rejects the look-up with its reason.
   * @throws StoreClosedError
   */
  load(
    stream: StreamName,
    schemaVersion: number,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Snapshot | undefined>;
  /**
   * Stores a snapshot, replacing an earlier one. One of a later version, or of the same version and a later schema
   * version, is kept.
   * @throws StoreClosedError
   */
  save(snapshot: NewSnapshot): Promise<void>;
  /** Deletes the snapshot of a stream, if there is one. @throws StoreClosedError */
  delete(stream: StreamName): Promise<void>;
}

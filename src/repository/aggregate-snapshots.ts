import { setImmediate } from 'node:timers/promises';
import { consoleLogger, EventualityError, type FailureReporting, type RecordedEvent, reportAs } from '../messages';
import { type AggregateDefinition, type AggregateInstance, SnapshotRefusedError, type SnapshotRule } from '../model';
import { type EventStore, type NewSnapshot, PAGE_LIMIT, type SnapshotStore, type StreamName } from '../store';
import { provenSnapshot, restoredAggregate } from './proven-snapshot';
import { splitReading, withReading } from './snapshot-reading';

/** What snapshots need from their loader. */
export interface SnapshotSource {
  readonly definition: AggregateDefinition;
  readonly store: EventStore;
  load(id: string): Promise<AggregateInstance>;
  /** How its events are read, for short: a snapshot that was folded in another way is not used. */
  readonly reading: string;
  /** Called with a stored snapshot. */
  taken(id: string, snapshot: NewSnapshot): void;
}

/** An aggregate restored from its snapshot, and the first page of later events. */
export interface SnapshotStart {
  readonly instance: AggregateInstance;
  readonly snapshot: NewSnapshot;
  /** The event at its version. */
  readonly at: RecordedEvent;
  readonly events: readonly RecordedEvent[];
  /** Whether there may be more events. */
  readonly more: boolean;
}

const MAX_REMEMBERED = 10_000;

/**
 * Takes and uses the snapshots of one kind of aggregate. A snapshot is folded from events, never taken from an
 * aggregate that a handler has used, and stored only after it was restored and found equal. A failure costs only time:
 * it is reported, and the events are folded from the first.
 */
export class AggregateSnapshots {
  /** Streams whose snapshot is to be taken or deleted. */
  readonly #queue = new Set<string>();
  /**
   * Streams that were loaded without a snapshot although they are long enough for one: it was lost, or has another
   * version.
   */
  readonly #overdue = new Set<string>();
  /** Streams whose snapshot was refused: the next attempt is at the next multiple only. */
  readonly #refused = new Set<string>();
  #working: Promise<void> | undefined;
  #told = false;

  constructor(
    private readonly source: SnapshotSource,
    private readonly rule: SnapshotRule,
    private readonly store: SnapshotStore,
    private readonly reporting: FailureReporting,
  ) {}

  /** Records an append; a snapshot that is due is taken later, after the caller has continued. */
  appended(id: string, events: readonly RecordedEvent[]): void {
    const last = events.at(-1);
    if (!last) return;
    const due = this.#passes(events[0]!.version - 1, last.version) || last.marks?.deleted === true;
    if (!this.#overdue.delete(id) && !due) return;
    this.#queue.add(id);
    this.#working ??= this.#work();
  }

  /** Records how far an aggregate was folded; `from` is the version of its snapshot, or 0. */
  loaded(id: string, from: number, version: number): void {
    if (this.#passes(from, version) && !this.#refused.has(id)) remember(this.#overdue, id);
  }

  /** Resolves when no snapshot is being taken. */
  async idle(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /**
   * Finds the snapshot of a stream and checks that it belongs to the current history; resolves to undefined if there is
   * none to use.
   */
  async start(id: string, signal?: AbortSignal): Promise<SnapshotStart | undefined> {
    const snapshot = await this.#find(id, signal);
    if (!snapshot) return undefined;
    // Also reads the event at its version: the snapshot may belong to another history, or be ahead of the current one.
    const page = await this.source.store.read(this.#stream(id), { from: snapshot.version, ...(signal && { signal }) });
    const [at, ...events] = page;
    if (at?.version !== snapshot.version || at.id !== snapshot.eventId) {
      await this.#discard(id, snapshot, 'it is not of these events, as after a backup was restored');
      return undefined;
    }
    const instance = await this.#readable(id, snapshot);
    instance?.stored([at]);
    return instance && { instance, snapshot, at, events, more: page.length === PAGE_LIMIT };
  }

  /** Restores an aggregate from a snapshot. Throws if the snapshot is damaged. */
  restored(id: string, { version, state, eventId }: NewSnapshot): AggregateInstance {
    const { text } = splitReading(state);
    const instance = restoredAggregate(this.source.definition, this.rule, { id, version, text });
    instance.lastEventId = eventId;
    return instance;
  }

  async #find(id: string, signal?: AbortSignal): Promise<NewSnapshot | undefined> {
    try {
      const found = await this.store.load(this.#stream(id), this.rule.version, signal && { signal });
      if (!found || !Number.isSafeInteger(found.version) || found.version <= 0) return undefined;
      return splitReading(found.state).reading === this.source.reading ? found : undefined;
    } catch (error) {
      signal?.throwIfAborted();
      // The store's own snapshots are closed with it.
      if (isClosed(error) && this.store === this.source.store.snapshots) throw error;
      this.#warn(id, error, 'A snapshot could not be loaded; the events are folded from the first.');
      return undefined;
    }
  }

  async #readable(id: string, snapshot: NewSnapshot): Promise<AggregateInstance | undefined> {
    try {
      return this.restored(id, snapshot);
    } catch (error) {
      await this.#discard(id, snapshot, 'it cannot be read', error);
      return undefined;
    }
  }

  async #discard(id: string, { version }: NewSnapshot, reason: string, error?: unknown): Promise<void> {
    this.#warn(
      id,
      error,
      `The snapshot as of version ${version} is not used: ${reason}. The events are folded from the first.`,
    );
    try {
      await this.store.delete(this.#stream(id));
    } catch (failure) {
      this.#warn(id, failure, 'A snapshot could not be deleted.');
    }
  }

  /** One after another, so that they do not delay commands. */
  async #work(): Promise<void> {
    for (const id of this.#queue) {
      await setImmediate();
      this.#queue.delete(id);
      try {
        await this.#renew(id);
      } catch (error) {
        this.#failed(id, error);
      }
    }
    this.#working = undefined;
  }

  async #renew(id: string): Promise<void> {
    const stream = this.#stream(id);
    const instance = await this.source.load(id);
    if (!instance.exists) return this.store.delete(stream);
    const { version } = instance;
    const [last] = await this.source.store.read(stream, { from: version, limit: 1 });
    // If another event is there, the cached events belong to another history.
    if (!last || last.id !== instance.lastEventId) return;
    const state = withReading(provenSnapshot(this.source.definition, this.rule, instance), this.source.reading);
    const snapshot = { stream, version, eventId: last.id, schemaVersion: this.rule.version, state };
    await this.store.save(snapshot);
    this.#refused.delete(id);
    this.#overdue.delete(id);
    this.source.taken(id, snapshot);
  }

  #failed(id: string, error: unknown): void {
    if (!(error instanceof SnapshotRefusedError)) {
      // Closing the store does not wait for snapshots.
      if (!isClosed(error)) this.#warn(id, error, 'A snapshot could not be taken.');
      return;
    }
    remember(this.#refused, id);
    this.#overdue.delete(id);
    if (!this.#told) this.#warn(id, error, error.message);
    this.#told = true;
  }

  #warn(aggregateId: string, error: unknown, message: string): void {
    const { name } = this.source.definition;
    const { logger = consoleLogger } = this.reporting;
    if (error === undefined) logger.warn({ kind: 'snapshot', name, aggregateId }, message);
    else reportAs({ level: 'warn', message }, error, { kind: 'snapshot', name, aggregateId }, this.reporting);
  }

  #stream(aggregateId: string): StreamName {
    return { aggregateName: this.source.definition.name, aggregateId };
  }

  #passes(from: number, to: number): boolean {
    return Math.floor(to / this.rule.every) > Math.floor(from / this.rule.every);
  }
}

const isClosed = (error: unknown): boolean => EventualityError.is(error) && error.code === 'STORE_CLOSED';

/** Adds to a set that is emptied when it has grown too large. */
function remember(ids: Set<string>, id: string): void {
  if (ids.size >= MAX_REMEMBERED) ids.clear();
  ids.add(id);
}

import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type {
  CheckpointName,
  CommitOutcome,
  DocumentQuery,
  DocumentWrite,
  EventStore,
  ProjectionCommit,
  ProjectionStore,
  ReadModelSchema,
} from '../../store';

/** A thing that a store of documents and checkpoints must hold. */
export type Check = (store: ProjectionStore) => Promise<void>;

/** What most checks get: the store and, where they are in one place, the events. */
export interface Scene<Events = EventStore | undefined> {
  readonly store: ProjectionStore;
  readonly events: Events;
  /** Closes the store and opens one on the same data. */
  reopened(): Promise<Scene<Events>>;
}

/** A thing that a store of leases, dead letters and transactions must hold. */
export type SceneCheck = (scene: Scene) => Promise<void>;

/** A thing that a store must hold which keeps documents beside the events. */
export type EventsCheck = (scene: Scene<EventStore>) => Promise<void>;

export const NAME = 'things';

export const schema = (more: Partial<ReadModelSchema> = {}): ReadModelSchema => ({
  ...{ name: NAME, version: 1, indexes: ['group', 'rank'] },
  ...more,
});

export const segment = (more: Partial<CheckpointName> = {}): CheckpointName => ({
  ...{ projection: NAME, version: 1, segment: 0 },
  ...more,
});

export const write = (id: string, document: object | null, more: Partial<DocumentWrite> = {}): DocumentWrite => ({
  ...{ readModel: NAME, version: 1, id, document },
  ...more,
});

/** Writes documents, with the checkpoint going one on. */
export async function put(store: ProjectionStore, ...writes: DocumentWrite[]): Promise<void> {
  const from = await store.checkpoint(segment());
  assert.deepEqual(await store.commit({ checkpoint: segment(), from, to: from + 1n, writes }), { ok: true });
}

export const commit = (from: bigint, to: bigint, ...writes: DocumentWrite[]): ProjectionCommit => ({
  ...{ checkpoint: segment(), from, to, writes },
});

/** Makes sure that something rejects with the very error given. */
export async function rejectsWith(error: unknown, promise: Promise<unknown>): Promise<void> {
  const outcome = await promise.then(
    value => assert.fail(`answered with ${String(value)}`),
    (thrown: unknown) => thrown,
  );
  assert.equal(outcome, error);
}

/**
 * Returns what others read while a transaction is under way. There are stores in which they wait for its end: then
 * nothing that has not been committed is seen, either, and `otherwise` is returned.
 */
export async function meanwhile<T>(read: () => Promise<T>, otherwise: T): Promise<T> {
  // As others read: what the work of a transaction awaits itself is a part of it.
  const reading = new Promise<T>((resolve, reject) => {
    setImmediate(() =>
      read().then(
        seen => resolve(seen),
        error => reject(error),
      ),
    );
  });
  const waiting = new AbortController();
  const waited = setTimeout(200, otherwise, { signal: waiting.signal }).catch(() => otherwise);
  const seen = await Promise.race([reading, waited]);
  waiting.abort();
  return seen;
}

/** Resolves when a condition holds. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `waited 10 s until ${what}`);
    await setTimeout(2);
  }
}

/** Makes sure that a commit was refused because the checkpoint is elsewhere. */
export function behind(outcome: CommitOutcome, checkpoint: bigint): void {
  assert.deepEqual(outcome, { ok: false, checkpoint, fenced: false });
}

/** Prepares the read model and writes documents into it, by id. */
export async function filled(store: ProjectionStore, documents: Readonly<Record<string, object>>): Promise<void> {
  await store.prepare(schema());
  await put(store, ...Object.entries(documents).map(([id, document]) => write(id, document)));
}

export async function ids(store: ProjectionStore, query?: DocumentQuery): Promise<string[]> {
  return (await store.find(NAME, 1, query)).items.map(({ id }) => id);
}

export async function all(store: ProjectionStore, readModel = NAME, version = 1): Promise<Record<string, object>> {
  const { items } = await store.find(readModel, version, { limit: 1000 });
  return Object.fromEntries(items.map(({ id, document }) => [id, document]));
}

/** Makes sure that a call is refused with an error of this code. */
export async function refused(code: string, ...calls: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const call of calls) {
    const outcome = await call().then(
      value => assert.fail(`${call} was answered with ${String(value)}`),
      (error: { code?: unknown }) => error,
    );
    assert.equal(outcome.code, code, `${call}: ${String(outcome)}`);
  }
}

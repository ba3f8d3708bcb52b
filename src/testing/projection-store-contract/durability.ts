import assert from 'node:assert/strict';
import type { ProjectionStore } from '../../store';
import {
  all,
  behind,
  commit,
  type EventsCheck,
  filled,
  ids,
  NAME,
  type SceneCheck,
  schema,
  segment,
  write,
} from './fixtures';

const LONG = 60_000;
const name = { projection: NAME, version: 1 };

async function claimed(store: ProjectionStore, owner: string): Promise<bigint> {
  const outcome = await store.leases.claim(segment(), { owner, duration: LONG, note: `of ${owner}` });
  assert.ok(outcome.ok, `${owner} does not get the segment`);
  return outcome.fence;
}

/** What is told of the segments, but for the time that passes. */
const segments = async (store: ProjectionStore): Promise<object[]> =>
  (await store.leases.segments(NAME, 1)).map(({ freeIn, ...state }) => ({ ...state, held: freeIn > 0 }));

/** What is left when a store has been closed and is opened again. */
export const durability: Readonly<Record<string, SceneCheck>> = {
  'keeps documents and their indexes when it is closed and opened again': async ({ store, reopened }) => {
    await filled(store, { a: { rank: 2, text: 'Grüße 🎈' }, b: { rank: 1, list: [1.5, null] }, c: { rank: 3 } });
    await store.commit(commit(1n, 2n, write('c', null), write('a', { rank: 0 })));
    const { store: again } = await reopened();
    assert.deepEqual(await all(again), { a: { rank: 0 }, b: { rank: 1, list: [1.5, null] } });
    assert.deepEqual(await ids(again, { orderBy: 'rank' }), ['a', 'b']);
    assert.deepEqual(await ids(again, { where: { rank: [1, 2, 3] } }), ['b']);
    const document = (await again.get(NAME, 1, ['a'])).get('a')!;
    const reads = [{ readModel: NAME, version: 1, id: 'a', document }];
    assert.deepEqual(await again.commit({ ...commit(2n, 3n), reads }), { ok: true });
  },

  'continues from its checkpoints when it is opened again': async ({ store, reopened }) => {
    await filled(store, {});
    await store.commit({ ...commit(0n, 2n ** 62n), checkpoint: segment({ segment: 3 }) });
    const { store: again } = await reopened();
    assert.equal(await again.checkpoint(segment()), 1n);
    assert.equal(await again.checkpoint(segment({ segment: 3 })), 2n ** 62n);
    behind(await again.commit(commit(0n, 5n, write('a', {}))), 1n);
    assert.deepEqual(await again.commit(commit(1n, 5n, write('b', {}))), { ok: true });
    assert.deepEqual(await all(again), { b: {} });
  },

  'keeps leases, and gives higher fences, when it is opened again': async ({ store, reopened }) => {
    await store.prepare(schema());
    const fence = await claimed(store, 'one');
    const before = await segments(store);
    const { store: again } = await reopened();
    assert.deepEqual(await segments(again), before);
    const refused = await again.leases.claim(segment(), { owner: 'other', duration: LONG });
    assert.ok(!refused.ok && refused.owner === 'one', 'a segment that is taken was given to another owner');
    assert.equal(await claimed(again, 'one'), fence, 'the fence of a lease that its owner renews');
    await again.leases.release(segment(), { owner: 'one', fence });
    assert.ok((await claimed(again, 'other')) > fence, 'the fence does not rise');
    assert.deepEqual(await again.commit({ ...commit(0n, 1n), fence }), { ok: false, checkpoint: 0n, fenced: true });
  },

  'never reuses the fence of a version that was dropped before it was opened again': async ({ store, reopened }) => {
    await store.prepare(schema());
    const stale = await claimed(store, 'one');
    await store.drop(NAME, 1);
    const { store: again } = await reopened();
    await again.prepare(schema());
    assert.notEqual(await claimed(again, 'one'), stale);
  },

  'keeps dead letters and requested retries when it is opened again': async ({ store, reopened }) => {
    await store.prepare(schema());
    const park = [
      { sequence: 'a', position: 2n, error: 'failed: Grüße 🎈', attempts: 5 },
      { sequence: 'a', position: 3n, error: undefined, attempts: 0 },
      { sequence: 'b', position: 4n, error: 'failed', attempts: 1 },
      { sequence: 'c', position: 5n, error: 'failed', attempts: 1 },
    ];
    await store.commit({ ...commit(0n, 9n), park });
    await store.deadLetters.discard(name, { sequence: 'c' });
    assert.equal(await store.deadLetters.retry(name, 'a'), 1);
    const before = [await store.deadLetters.list(name), await store.deadLetters.sequences(name)];
    assert.deepEqual(
      before.map(({ length }) => length),
      [3, 2],
    );
    const { store: again } = await reopened();
    assert.deepEqual([await again.deadLetters.list(name), await again.deadLetters.sequences(name)], before);
    assert.deepEqual(await again.commit({ ...commit(9n, 9n), retried: 2n, unpark: [2n] }), { ok: true });
    assert.deepEqual(
      (await again.deadLetters.list(name)).map(({ position }) => position),
      [3n, 4n],
    );
  },

  'keeps its versions, and which one is active, when it is opened again': async ({ store, reopened }) => {
    await filled(store, { a: { of: 'version 1' } });
    const takenOver = [{ sequenceBy: 'all', positions: [7n] }];
    const more = { revision: 2, segments: 16, sequenceBy: 'the warehouse', takenOver, replayUntil: 2n ** 53n + 1n };
    await store.prepare({ ...schema({ version: 2 }), ...more });
    await store.prepare(schema({ version: 3 }));
    await store.activate(NAME, 2);
    await store.drop(NAME, 3);
    const before = await store.versions(NAME);
    const { store: again } = await reopened();
    assert.deepEqual(await again.versions(NAME), before);
    assert.deepEqual(
      before.map(({ active, closed }) => [active, closed]),
      [
        [false, true],
        [true, false],
      ],
    );
    assert.equal(await again.active(NAME), 2);
    assert.deepEqual(await all(again), { a: { of: 'version 1' } });
  },

  'has nothing of a dropped version when it is opened again': async ({ store, reopened }) => {
    await filled(store, { a: { n: 1 } });
    await store.commit({ ...commit(1n, 5n), park: [{ sequence: 'a', position: 2n, error: 'failed', attempts: 1 }] });
    await store.drop(NAME, 1);
    const { store: again } = await reopened();
    assert.deepEqual(await again.versions(NAME), []);
    await again.prepare(schema());
    assert.deepEqual([await all(again), await again.checkpoint(segment())], [{}, 0n]);
    assert.deepEqual([await again.deadLetters.list(name), await segments(again)], [[], []]);
  },
};

/** The same of a store that has the events beside the documents. */
export const durabilityWithEvents: Readonly<Record<string, EventsCheck>> = {
  'keeps the events and documents of a transaction when it is opened again': async ({ store, reopened }) => {
    await store.prepare(schema());
    const stream = { aggregateName: 'Thing', aggregateId: 'a' };
    await store.transaction(async transaction => {
      await transaction.append([{ stream, expected: 'none', events: [{ name: 'happened', payload: { n: 1 } }] }]);
      await transaction.commit(commit(0n, 1n, write('a', { n: 1 })));
    });
    const again = await reopened();
    assert.deepEqual(
      (await again.events.read(stream)).map(({ payload }) => payload),
      [{ n: 1 }],
    );
    assert.deepEqual([await all(again.store), await again.store.checkpoint(segment())], [{ a: { n: 1 } }, 1n]);
  },
};

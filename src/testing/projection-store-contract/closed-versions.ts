import assert from 'node:assert/strict';
import type { ProjectionStore } from '../../store';
import { all, type Check, commit, filled, NAME, put, refused, rejectsWith, schema, segment, write } from './fixtures';

const parked = { park: [{ sequence: 'a', position: 1n, error: 'failed', attempts: 1 }] };
const claim = { owner: 'one', duration: 60_000 };

/** All that would write a row of version 1. */
const writers = (store: ProjectionStore): (() => Promise<unknown>)[] => [
  () => store.commit(commit(0n, 1n)),
  () => store.commit(commit(1n, 2n)),
  () => store.commit(commit(1n, 2n, write('late', {}))),
  () => store.commit({ ...commit(0n, 0n), ...parked }),
  () => store.commit({ ...commit(1n, 1n), ...parked }),
  () => store.commit({ ...commit(1n, 2n), work: [() => undefined] }),
  () => store.leases.claim(segment(), claim),
  () => store.leases.join(NAME, 1, claim),
  () => store.transaction(transaction => transaction.lock(segment())),
  () => store.transaction(transaction => transaction.commit(commit(1n, 2n, write('late', {})))),
];

/** Makes sure that nothing is left of version 1 but, where they are given, its documents. */
async function assertEmpty(store: ProjectionStore): Promise<void> {
  assert.equal(await store.checkpoint(segment()), 0n);
  assert.deepEqual(await store.leases.segments(NAME, 1), []);
  assert.deepEqual(await store.leases.members(NAME, 1), []);
  assert.deepEqual(await store.deadLetters.list({ projection: NAME, version: 1 }), []);
}

/** Versions that take nothing more: because readers see a later one, or because they were dropped. */
export const closedVersionChecks: Readonly<Record<string, Check>> = {
  'refuses calls for a dropped version, and restores nothing of it': async store => {
    await filled(store, { a: { n: 1 } });
    await store.commit({ ...commit(1n, 1n), ...parked });
    const lease = await store.leases.claim(segment(), claim);
    assert.ok(lease.ok);
    assert.equal(await store.drop(NAME, 1), true);
    await refused('UNKNOWN_READ_MODEL', ...writers(store));
    await store.leases.release(segment(), { owner: 'one', fence: lease.fence });
    await store.deadLetters.retry({ projection: NAME, version: 1 });
    await assertEmpty(store);
    assert.deepEqual(await store.versions(NAME), []);
  },

  'a version that is no longer active keeps its documents, and refuses writes': async store => {
    await filled(store, { a: { n: 1 } });
    await store.activate(NAME, 1);
    await store.prepare(schema({ version: 2 }));
    await put(store, write('a', { n: 2 }, { version: 2 }));
    await store.activate(NAME, 2);
    assert.equal(await store.checkpoint(segment()), 0n, 'the checkpoint is still there');
    await refused('UNKNOWN_READ_MODEL', ...writers(store), () =>
      store.commit({ ...commit(0n, 1n, write('late', {})), checkpoint: segment({ version: 2 }) }),
    );
    assert.deepEqual(await all(store), { a: { n: 1 } });
    assert.equal(await store.drop(NAME, 1, { unlessActive: true }), true);
    await refused('UNKNOWN_READ_MODEL', () => store.get(NAME, 1, ['a']));
  },

  'a switch in a transaction closes the version that was active; rolled back, it closes nothing': async store => {
    await filled(store, { a: { n: 1 } });
    await store.activate(NAME, 1);
    await store.prepare(schema({ version: 2 }));
    const error = new Error('of the work itself');
    const failing = store.transaction(async transaction => {
      await transaction.activate(NAME, 2);
      throw error;
    });
    await rejectsWith(error, failing);
    await put(store, write('a', { n: 2 }));
    await store.transaction(async transaction => {
      assert.equal(await transaction.lock(segment()), 2n);
      assert.equal(await transaction.lock(segment({ version: 2 })), 0n);
      await transaction.activate(NAME, 2);
    });
    assert.equal(await store.active(NAME), 2);
    await refused('UNKNOWN_READ_MODEL', ...writers(store));
    assert.deepEqual(await all(store), { a: { n: 2 } });
  },

  'a transaction finds the sequences that are parked': async store => {
    await store.prepare(schema());
    const name = { projection: NAME, version: 1 };
    const found = (): Promise<unknown> => store.transaction(transaction => transaction.parked(name));
    assert.deepEqual(await found(), []);
    await store.commit({ ...commit(0n, 1n), ...parked });
    assert.deepEqual(await found(), await store.deadLetters.sequences(name));
    assert.deepEqual(
      (await store.deadLetters.sequences(name)).map(({ sequence }) => sequence),
      ['a'],
    );
  },

  'drops the active version only when asked to': async store => {
    await filled(store, { a: { n: 1 } });
    await store.activate(NAME, 1);
    assert.equal(await store.drop(NAME, 1, { unlessActive: true }), false);
    assert.deepEqual([await all(store), await store.active(NAME)], [{ a: { n: 1 } }, 1]);
    await put(store, write('a', { n: 2 }));
    assert.equal(await store.drop(NAME, 2, { unlessActive: true }), true);
    assert.equal(await store.drop(NAME, 1), true);
    assert.deepEqual([await store.active(NAME), await store.versions(NAME)], [undefined, []]);
  },

  'a switch and a drop at the same time leave readers with a version': async store => {
    for (let round = 1; round <= 10; round++) {
      const [before, next] = [round * 2 - 1, round * 2];
      for (const version of [before, next]) await store.prepare(schema({ version }));
      await store.activate(NAME, before);
      const switching = store.transaction(async transaction => {
        for (const version of [before, next]) await transaction.lock(segment({ version }));
        await transaction.activate(NAME, next);
      });
      const [switched, dropped] = await Promise.allSettled([switching, store.drop(NAME, next, { unlessActive: true })]);
      assert.equal(dropped.status, 'fulfilled');
      if (switched.status === 'rejected') assert.equal(switched.reason.code, 'UNKNOWN_READ_MODEL');
      const expected = switched.status === 'fulfilled' ? next : before;
      assert.equal(await store.active(NAME), expected);
      assert.equal(dropped.status === 'fulfilled' && dropped.value, expected === before);
    }
  },

  'readers see the later of two versions that are activated at once': async store => {
    for (let round = 1; round <= 10; round++) {
      const versions = [round * 2 - 1, round * 2];
      for (const version of versions) await store.prepare(schema({ version }));
      await Promise.all(versions.map(version => store.activate(NAME, version)));
      assert.deepEqual(
        (await store.versions(NAME)).filter(({ active }) => active).map(({ version }) => version),
        [round * 2],
      );
    }
  },

  'calls concurrent with a drop leave nothing behind': async store => {
    for (let round = 0; round < 5; round++) {
      await store.prepare(schema());
      const racing = Array.from({ length: 4 }, (_, number) => segment({ segment: number })).flatMap(checkpoint => [
        store.commit({ checkpoint, from: 0n, to: 1n, writes: [write(`d${checkpoint.segment}`, {})], ...parked }),
        store.leases.claim(checkpoint, claim),
        store.leases.join(NAME, 1, { ...claim, owner: `owner ${checkpoint.segment}` }),
        store.transaction(transaction => transaction.lock(checkpoint)),
      ]);
      const outcomes = await Promise.allSettled([...racing, store.drop(NAME, 1)]);
      const failed = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
      assert.deepEqual(
        failed.filter(code => code !== 'UNKNOWN_READ_MODEL'),
        [],
      );
      await assertEmpty(store);
      await store.prepare(schema());
      assert.deepEqual(await all(store), {});
      await store.drop(NAME, 1);
    }
  },

  'a commit concurrent with a switch is in the version that was active, or refused': async store => {
    for (let round = 1; round <= 5; round++) {
      for (const version of [round, round + 1]) await store.prepare(schema({ version }));
      await store.activate(NAME, round);
      const racing = Array.from({ length: 4 }, (_, number) => segment({ version: round, segment: number })).flatMap(
        checkpoint => [
          store.commit({
            checkpoint,
            from: 0n,
            to: 1n,
            writes: [write(`d${checkpoint.segment}`, {}, { version: round })],
          }),
          store.transaction(transaction => transaction.lock(checkpoint)),
        ],
      );
      const outcomes = await Promise.allSettled([...racing, store.activate(NAME, round + 1)]);
      const failed = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
      assert.deepEqual(
        failed.filter(code => code !== 'UNKNOWN_READ_MODEL'),
        [],
      );
      for (const number of [0, 1, 2, 3])
        assert.equal(await store.checkpoint(segment({ version: round, segment: number })), 0n);
      const kept = outcomes.flatMap((outcome, n) =>
        n < 8 && n % 2 === 0 && outcome.status === 'fulfilled' ? [`d${n / 2}`] : [],
      );
      assert.deepEqual(Object.keys(await all(store, NAME, round)), kept);
    }
  },
};

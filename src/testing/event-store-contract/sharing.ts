import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { newId } from '../../messages';
import {
  appended,
  assertAscending,
  assertWithoutGaps,
  everything,
  happened,
  numbered,
  numberOf,
  range,
  refused,
  started,
  streamOf,
  take,
  to,
  write,
} from './fixtures';
import type { Checks } from './scene';

/** What holds when two stores use the same data. */
export const sharing: Checks = {
  'reads what another store on the same data has written': async ({ store, another }) => {
    const other = await another();
    const written = await write(store, streamOf('1'), ...numbered(2));
    assert.deepEqual(await other.read(streamOf('1')), written);
    assert.deepEqual(await everything(other), written);
  },

  'refuses an append when another store has moved the stream on': async ({ store, another }) => {
    const [stream, other] = [streamOf('1'), await another()];
    await write(store, stream, happened());
    await appended(other, [to(stream, 1, happened())]);
    assert.deepEqual(await store.append([to(stream, 1, happened())]), {
      ok: false,
      conflicts: [{ stream, expected: 1, actual: 2 }],
    });
  },

  'knows the ids of the events that another store has written': async ({ store, another }) => {
    const other = await another();
    const append = [to(streamOf('1'), 'none', happened({}, { id: newId() }))];
    const first = await appended(store, append);
    assert.deepEqual(await appended(other, append), first);
    await refused('DUPLICATE_EVENT', () => write(other, streamOf('2'), append[0]!.events[0]!));
    assert.deepEqual(await everything(store), first);
  },

  'yields to a subscription what another store writes': async ({ store, another, soon }) => {
    const other = await another();
    await write(store, streamOf('1'), happened({ n: 1 }));
    const taking = started(take(other.subscribe(), 3));
    await pause(20);
    await write(store, streamOf('1'), happened({ n: 2 }));
    await write(other, streamOf('2'), happened({ n: 3 }));
    assert.deepEqual((await soon(taking, 'three events of a subscription')).map(numberOf), [1, 2, 3]);
  },

  'lets exactly one of 16 racers through over two stores': async ({ store, another }) => {
    const stores = [store, await another()];
    for (const round of range(0, 9)) {
      const racers = range(1, 16).map(racer =>
        stores[racer % 2]!.append([to(streamOf('1'), round, happened({ racer }))]),
      );
      assert.equal((await Promise.all(racers)).filter(({ ok }) => ok).length, 1, `winners of round ${round}`);
    }
    assertWithoutGaps(await store.read(streamOf('1')), 10);
  },

  'yields each event once and in order while two stores write': async ({ store, another, soon }) => {
    const stores = [store, await another()];
    const taking = started(Promise.all(stores.map(each => take(each.subscribe(), 100))));
    await Promise.all(range(1, 100).map(n => write(stores[n % 2]!, streamOf(`${n % 5}`), happened({ n }))));
    const written = await everything(store);
    assertAscending(written);
    for (const taken of await soon(taking, '100 events of two subscriptions')) assert.deepEqual(taken, written);
  },

  'goes on when the other store is closed': async ({ store, another }) => {
    const other = await another();
    await write(other, streamOf('1'), happened());
    await other.close();
    await write(store, streamOf('1'), happened());
    assertWithoutGaps(await store.read(streamOf('1')), 2);
  },
};

import assert from 'node:assert/strict';
import type { StorePage, StreamPage } from '../../store';
import { assertEmpty, happened, numbered, numberOf, range, refused, streamOf, write } from './fixtures';
import type { Checks } from './scene';

const NO_LIMITS: readonly unknown[] = [0, -1, 1001, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', 5n, null];

/** What reading a stream and reading the whole store return. */
export const reading: Checks = {
  'finds no events in a new store': async ({ store }) => {
    await assertEmpty(store);
  },

  'finds no events in an unknown stream': async ({ store }) => {
    await write(store, streamOf('1'), happened());
    assert.deepEqual(await store.read(streamOf('2')), []);
    assert.deepEqual(await store.read(streamOf('1', 'Other')), []);
  },

  'reads only the events of the stream asked for': async ({ store }) => {
    for (const n of range(1, 6)) await write(store, streamOf(`${n % 2}`), happened({ n }));
    assert.deepEqual((await store.read(streamOf('0'))).map(numberOf), [2, 4, 6]);
    assert.deepEqual((await store.read(streamOf('1'))).map(numberOf), [1, 3, 5]);
  },

  'reads a stream page by page': async ({ store }) => {
    await write(store, streamOf('0'), happened());
    await write(store, streamOf('1'), ...numbered(10));
    const page = async (options: StreamPage): Promise<unknown[]> =>
      (await store.read(streamOf('1'), options)).map(numberOf);
    assert.deepEqual(await page({ limit: 4 }), [1, 2, 3, 4]);
    assert.deepEqual(await page({ from: 5, limit: 4 }), [5, 6, 7, 8]);
    assert.deepEqual(await page({ from: 9, limit: 4 }), [9, 10]);
    assert.deepEqual(await page({ from: 10 }), [10]);
    assert.deepEqual(await page({ from: 11 }), []);
    assert.deepEqual(await page({ from: Number.MAX_SAFE_INTEGER, limit: 1000 }), []);
    assert.deepEqual(await page({}), range(1, 10));
  },

  'reads the whole store page by page': async ({ store }) => {
    const events = [];
    for (const n of range(1, 10)) events.push(...(await write(store, streamOf(`${n % 3}`), happened({ n }))));
    const page = async (options: StorePage): Promise<unknown[]> => (await store.readAll(options)).map(numberOf);
    assert.deepEqual(await page({ limit: 4 }), [1, 2, 3, 4]);
    assert.deepEqual(await page({ after: 0n, limit: 1 }), [1]);
    assert.deepEqual(await page({ after: events[3]!.position, limit: 4 }), [5, 6, 7, 8]);
    assert.deepEqual(await page({ after: events[7]!.position, limit: 4 }), [9, 10]);
    assert.deepEqual(await page({}), range(1, 10));
  },

  'finds no events after the last position': async ({ store }) => {
    const [event] = await write(store, streamOf('1'), happened());
    for (const after of [event!.position, event!.position + 1n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
      assert.deepEqual(await store.readAll({ after }), []);
    }
  },

  'reads pages of 1,000 events at most, and by default': async ({ store }) => {
    const events = await write(store, streamOf('1'), ...numbered(1001));
    assert.deepEqual((await store.read(streamOf('1'))).map(numberOf), range(1, 1000));
    assert.deepEqual((await store.read(streamOf('1'), { from: 2, limit: 1000 })).map(numberOf), range(2, 1001));
    assert.deepEqual((await store.readAll()).map(numberOf), range(1, 1000));
    assert.deepEqual((await store.readAll({ after: events[0]!.position, limit: 1000 })).map(numberOf), range(2, 1001));
  },

  'refuses a page that is out of range': async ({ store }) => {
    for (const value of NO_LIMITS) {
      const limit = value as number;
      await refused('INVALID_PAGE', () => store.read(streamOf('1'), { limit }));
      await refused('INVALID_PAGE', () => store.readAll({ limit }));
    }
    for (const value of [0, -1, 1.5, Number.NaN, '1', 1n, null]) {
      await refused('INVALID_PAGE', () => store.read(streamOf('1'), { from: value as number }));
    }
    for (const value of [-1n, 1, '1', null])
      await refused('INVALID_PAGE', () => store.readAll({ after: value as bigint }));
  },

  'rejects a read whose signal is aborted, with the reason': async ({ store }) => {
    await write(store, streamOf('1'), happened());
    const reason = new Error('no longer needed');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(store.read(streamOf('1'), { signal }), error => error === reason);
    await assert.rejects(store.readAll({ signal }), error => error === reason);
  },

  'reads with a signal that is not aborted': async ({ store }) => {
    await write(store, streamOf('1'), happened());
    const { signal } = new AbortController();
    assert.equal((await store.read(streamOf('1'), { signal })).length, 1);
    assert.equal((await store.readAll({ signal })).length, 1);
  },
};

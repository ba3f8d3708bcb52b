import assert from 'node:assert/strict';
import { everything, happened, numbered, numberOf, range, refused, streamOf, to, write } from './fixtures';
import type { Checks } from './scene';

/** What `direct` answers: the same as `append` and `read`, at once or not at all. Most stores have none. */
export const direct: Checks = {
  'reads directly what it reads': async ({ store }) => {
    await write(store, streamOf('1'), ...numbered(10));
    for (const page of [{}, { from: 4 }, { from: 4, limit: 2 }, { from: 11 }]) {
      const found = store.direct?.readNow(streamOf('1'), page);
      if (found) assert.deepEqual(found, await store.read(streamOf('1'), page));
    }
    const unknown = store.direct?.readNow(streamOf('2'));
    if (unknown) assert.deepEqual(unknown, []);
  },

  'appends directly what it appends, or nothing at all': async ({ store }) => {
    for (const n of range(1, 3)) {
      const append = [to(streamOf('1'), n - 1, happened({ n })), to(streamOf('2'), 'any', happened({ n: -n }))];
      const outcome = store.direct?.appendNow(append) ?? (await store.append(append));
      assert.ok(outcome.ok);
      assert.deepEqual(outcome.events.map(numberOf), [n, -n]);
    }
    assert.deepEqual((await everything(store)).map(numberOf), [1, -1, 2, -2, 3, -3]);
  },

  'answers a conflict directly, and writes nothing': async ({ store }) => {
    await write(store, streamOf('1'), happened({ n: 1 }));
    const stream = streamOf('1');
    const outcome = store.direct?.appendNow([to(stream, 'none', happened()), to(streamOf('2'), 'any', happened())]);
    if (outcome) assert.deepEqual(outcome, { ok: false, conflicts: [{ stream, expected: 'none', actual: 1 }] });
    assert.deepEqual((await everything(store)).map(numberOf), [1]);
  },

  'hands on to its subscriptions what was appended directly': async ({ store, soon }) => {
    const pages = store.subscribe()[Symbol.asyncIterator]();
    const next = pages.next();
    const append = [to(streamOf('1'), 'none', happened({ n: 1 }))];
    if (!store.direct?.appendNow(append)) await store.append(append);
    const { value } = await soon(next, 'the page of what was appended');
    assert.deepEqual(value.map(numberOf), [1]);
    await pages.return?.();
  },

  'refuses directly what it refuses': async ({ store }) => {
    const { direct } = store;
    if (!direct) return;
    await refused('INVALID_APPEND', async () => direct.appendNow([to(streamOf(''), 'any', happened())]));
    await refused('UNSTORABLE_VALUE', async () =>
      direct.appendNow([to(streamOf('1'), 'any', happened({ n: () => 1 }))]),
    );
    await refused('INVALID_PAGE', async () => direct.readNow(streamOf('1'), { limit: 0 }));
    await store.close();
    await refused('STORE_CLOSED', async () => direct.appendNow([to(streamOf('1'), 'any', happened())]));
    await refused('STORE_CLOSED', async () => direct.readNow(streamOf('1')));
  },
};

import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { happened, range, refused, started, streamOf, to, write } from './fixtures';
import type { Checks } from './scene';

/** What `close` does, and what is left after it. */
export const closing: Checks = {
  'can be closed twice': async ({ store, soon }) => {
    await write(store, streamOf('1'), happened());
    await soon(Promise.all([store.close(), store.close()]), 'two calls of close() resolve');
    await soon(store.close(), 'close() resolves again');
  },

  'finishes the appends it has accepted before it is closed': async ({ store, soon }) => {
    let finished = 0;
    const append = async (n: number): Promise<void> => {
      await write(store, streamOf(`${n % 4}`), happened({ n }));
      finished++;
    };
    const appends = started(Promise.all(range(1, 20).map(append)));
    await soon(store.close(), 'close() resolves');
    await setImmediate();
    assert.equal(finished, 20, 'appends finished when close() resolves');
    await appends;
  },

  'refuses all calls after it is closed': async ({ store }) => {
    await write(store, streamOf('1'), happened());
    await store.close();
    await refused('STORE_CLOSED', () => store.append([to(streamOf('1'), 'any', happened())]));
    await refused('STORE_CLOSED', () => store.read(streamOf('1')));
    await refused('STORE_CLOSED', () => store.readAll());
    await refused('STORE_CLOSED', () => store.subscribe()[Symbol.asyncIterator]().next());
  },

  'refuses appends from the moment that close is called': async ({ store, soon }) => {
    const closed = started(store.close());
    await refused('STORE_CLOSED', () => store.append([to(streamOf('1'), 'any', happened())]));
    await soon(closed, 'close() resolves');
  },
};

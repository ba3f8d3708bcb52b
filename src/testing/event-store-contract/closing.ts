import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { appended, happened, range, refused, streamOf, to, write } from './fixtures';
import type { Checks } from './scene';

/** What `close` does, and what is left after it. */
export const closing: Checks = {
  'closes again without doing anything': async ({ store, soon }) => {
    await write(store, streamOf('1'), happened());
    await soon(Promise.all([store.close(), store.close()]), 'two calls of close() resolve');
    await soon(store.close(), 'close() resolves again');
  },

  'finishes the appends it has accepted before it is closed': async ({ store, soon }) => {
    let finished = 0;
    const appends = range(1, 20).map(async n => {
      const events = await appended(store, [to(streamOf(`${n % 4}`), 'any', happened({ n }))]);
      finished++;
      return events;
    });
    await soon(store.close(), 'close() resolves');
    await setImmediate();
    assert.equal(finished, 20, 'appends finished when close() resolves');
    assert.equal((await Promise.all(appends)).flat().length, 20);
  },

  'refuses everything after it is closed': async ({ store }) => {
    await write(store, streamOf('1'), happened());
    await store.close();
    await refused('STORE_CLOSED', () => store.append([to(streamOf('1'), 'any', happened())]));
    await refused('STORE_CLOSED', () => store.read(streamOf('1')));
    await refused('STORE_CLOSED', () => store.readAll());
    await refused('STORE_CLOSED', () => store.subscribe()[Symbol.asyncIterator]().next());
  },

  'refuses appends from the moment that close is called': async ({ store, soon }) => {
    const closing = store.close();
    await refused('STORE_CLOSED', () => store.append([to(streamOf('1'), 'any', happened())]));
    await soon(closing, 'close() resolves');
  },
};

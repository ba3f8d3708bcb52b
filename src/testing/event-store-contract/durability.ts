import assert from 'node:assert/strict';
import { newId } from '../../messages';
import {
  appended,
  assertFrozen,
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

/** What is left when a store has been closed and is opened again. */
export const durability: Checks = {
  'keeps its events when it is closed and opened again': async ({ store, reopened }) => {
    await write(
      store,
      streamOf('1'),
      happened({ text: 'Grüße 🎈', list: [1.5, null] }, { schemaVersion: 3, metadata: { actor: { id: 'Ada' } } }),
    );
    await appended(store, [to(streamOf('2'), 'none', ...numbered(3)), to(streamOf('1', 'Other'), 'none', happened())]);
    const before = await everything(store);
    const again = await reopened();
    assert.deepEqual(await everything(again), before);
    assert.deepEqual(await again.read(streamOf('2')), before.slice(1, 4));
    for (const event of await everything(again)) assertFrozen(event, 'the event read again');
  },

  'goes on with versions and positions when it is opened again': async ({ store, reopened }) => {
    const before = await write(store, streamOf('1'), ...numbered(3));
    const again = await reopened();
    assert.deepEqual(await again.append([to(streamOf('1'), 2, happened())]), {
      ok: false,
      conflicts: [{ stream: streamOf('1'), expected: 2, actual: 3 }],
    });
    const [event] = await appended(again, [to(streamOf('1'), 3, happened())]);
    assert.equal(event!.version, 4);
    assert.ok(event!.position > before[2]!.position, 'positions go on');
  },

  'knows the ids of its events when it is opened again': async ({ store, reopened }) => {
    const append = [to(streamOf('1'), 'none', happened({}, { id: newId() }), happened({}, { id: newId() }))];
    const first = await appended(store, append);
    const again = await reopened();
    assert.deepEqual(await appended(again, append), first);
    await refused('DUPLICATE_EVENT', () => write(again, streamOf('2'), append[0]!.events[0]!));
    assert.deepEqual(await everything(again), first);
  },

  'yields to a subscription what was written before it was opened again': async ({ store, reopened, soon }) => {
    const before = await write(store, streamOf('1'), ...numbered(3));
    const again = await reopened();
    const taking = started(take(again.subscribe({ after: before[0]!.position }), 3));
    await write(again, streamOf('1'), happened({ n: 4 }));
    assert.deepEqual((await soon(taking, 'three events of a subscription')).map(numberOf), [2, 3, 4]);
  },

  'keeps the appends that it had accepted when close was called': async ({ store, reopened }) => {
    const appends = started(Promise.all(range(1, 20).map(n => write(store, streamOf(`${n}`), happened({ n })))));
    const again = await reopened();
    await appends;
    assert.equal((await everything(again)).length, 20);
  },
};

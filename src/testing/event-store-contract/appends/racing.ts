import assert from 'node:assert/strict';
import {
  appended,
  assertAscending,
  assertWithoutGaps,
  everything,
  happened,
  numbered,
  range,
  streamOf,
  to,
} from '../fixtures';
import type { Checks } from '../scene';

/** What holds when many append at the same time. */
export const racing: Checks = {
  'lets exactly one of 16 racers through that expect the same version': async ({ store }) => {
    const stream = streamOf('1');
    for (const round of range(0, 19)) {
      const outcomes = await Promise.all(
        range(1, 16).map(racer => store.append([to(stream, round, happened({ round, racer }))])),
      );
      assert.equal(outcomes.filter(({ ok }) => ok).length, 1, `winners of round ${round}`);
      for (const outcome of outcomes) {
        if (!outcome.ok) assert.deepEqual(outcome.conflicts, [{ stream, expected: round, actual: round + 1 }]);
      }
    }
    assertWithoutGaps(await store.read(stream), 20);
  },

  'lets exactly one of 16 racers create a stream': async ({ store }) => {
    const outcomes = await Promise.all(
      range(1, 16).map(racer => store.append([to(streamOf('1'), 'none', happened({ racer }), happened())])),
    );
    assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
    assertWithoutGaps(await store.read(streamOf('1')), 2);
  },

  'never reports a conflict to 32 writers that expect any version': async ({ store }) => {
    await Promise.all(
      range(1, 32).map(writer =>
        Promise.all(range(1, 3).map(n => appended(store, [to(streamOf('1'), 'any', happened({ writer, n }))]))),
      ),
    );
    const events = await store.read(streamOf('1'));
    assertWithoutGaps(events, 96);
    assert.equal(new Set(events.map(({ payload }) => JSON.stringify(payload))).size, 96);
  },

  'gives the versions of a stream ascending positions while many write': async ({ store }) => {
    await Promise.all(range(1, 60).map(n => appended(store, [to(streamOf(`${n % 3}`), 'any', ...numbered(2))])));
    assertAscending(await everything(store));
    for (const id of ['0', '1', '2']) {
      const events = await store.read(streamOf(id));
      assertWithoutGaps(events, 40);
      assertAscending(events);
    }
  },

  'keeps the events of one append together in their stream while many write': async ({ store }) => {
    await Promise.all(
      range(1, 20).map(writer =>
        appended(store, [to(streamOf('1'), 'any', happened({ writer }), happened({ writer }), happened({ writer }))]),
      ),
    );
    const writers = (await store.read(streamOf('1'))).map(({ payload }) => (payload as { writer: number }).writer);
    for (const first of range(0, 19)) assert.equal(new Set(writers.slice(3 * first, 3 * first + 3)).size, 1);
  },

  'finishes appends to the same streams in opposite order': async ({ store, soon }) => {
    const [a, b] = [to(streamOf('a'), 'any', happened()), to(streamOf('b'), 'any', happened())];
    const appends = range(1, 30).map(n => appended(store, n % 2 ? [a, b] : [b, a]));
    await soon(Promise.all(appends), 'all appends (is there a deadlock?)');
    assertWithoutGaps(await store.read(streamOf('a')), 30);
    assertWithoutGaps(await store.read(streamOf('b')), 30);
  },

  'lets one of 16 racers through that append to two streams, and writes nothing of the others': async ({ store }) => {
    const outcomes = await Promise.all(
      range(1, 16).map(racer =>
        store.append([to(streamOf(`own ${racer}`), 'none', happened()), to(streamOf('shared'), 'none', happened())]),
      ),
    );
    assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
    assert.equal((await everything(store)).length, 2);
  },
};

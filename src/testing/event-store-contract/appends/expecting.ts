import assert from 'node:assert/strict';
import type { ExpectedVersion } from '../../../store';
import { assertEmpty, everything, happened, numbered, streamOf, to, write } from '../fixtures';
import type { Checks } from '../scene';

const EXPECTED: readonly ExpectedVersion[] = ['any', 'none', 'exists', 0, 1, 2, 3];

/** Makes a check that tries every expectation on a stream with so many events. */
const expectations =
  (version: number, fitting: readonly ExpectedVersion[]): Checks[string] =>
  async ({ store }) => {
    for (const [index, expected] of EXPECTED.entries()) {
      const stream = streamOf(`${index}`);
      if (version > 0) await write(store, stream, ...numbered(version));
      const outcome = await store.append([to(stream, expected, happened())]);
      const fits = fitting.includes(expected);
      assert.equal(outcome.ok, fits, `an append that expects ${expected} of a stream at version ${version}`);
      if (!outcome.ok) assert.deepEqual(outcome.conflicts, [{ stream, expected, actual: version }]);
      assert.equal((await store.read(stream)).length, version + (fits ? 1 : 0));
    }
  };

/** What `expected` means, and that an append is written as a whole or not at all. */
export const expecting: Checks = {
  'lets through "any", "none" and 0 when the stream has no events': expectations(0, ['any', 'none', 0]),
  'lets through "any", "exists" and the exact version when the stream has events': expectations(2, [
    'any',
    'exists',
    2,
  ]),

  'refuses an append when the stream has moved on': async ({ store }) => {
    const stream = streamOf('1');
    const before = await write(store, stream, ...numbered(3));
    assert.deepEqual(await store.append([to(stream, 2, happened({ late: true }))]), {
      ok: false,
      conflicts: [{ stream, expected: 2, actual: 3 }],
    });
    assert.deepEqual(await everything(store), before);
  },

  'refuses an append that expects a version the stream has not reached': async ({ store }) => {
    const stream = streamOf('1');
    await write(store, stream, happened());
    assert.deepEqual(await store.append([to(stream, 5, happened())]), {
      ok: false,
      conflicts: [{ stream, expected: 5, actual: 1 }],
    });
    assert.equal((await store.read(stream)).length, 1);
  },

  'refuses a stale append of several events as a whole': async ({ store }) => {
    const stream = streamOf('1');
    const before = await write(store, stream, ...numbered(2));
    const outcome = await store.append([to(stream, 1, ...numbered(3))]);
    assert.deepEqual(outcome, { ok: false, conflicts: [{ stream, expected: 1, actual: 2 }] });
    assert.deepEqual(await everything(store), before);
  },

  'writes to none of several streams when one of them has moved on, at any place in the list': async ({ store }) => {
    const moved = streamOf('moved');
    const before = await write(store, moved, happened());
    const fitting = [to(streamOf('a'), 'none', happened()), to(streamOf('b'), 'any', ...numbered(2))];
    for (const place of [0, 1, 2]) {
      const outcome = await store.append(fitting.toSpliced(place, 0, to(moved, 0, happened())));
      assert.deepEqual(outcome, { ok: false, conflicts: [{ stream: moved, expected: 0, actual: 1 }] });
      assert.deepEqual(await everything(store), before);
    }
  },

  'reports the conflict of every stream of an append': async ({ store }) => {
    await write(store, streamOf('a'), ...numbered(2));
    await write(store, streamOf('c'), happened());
    const outcome = await store.append([
      to(streamOf('a'), 1, happened()),
      to(streamOf('b'), 'exists', happened()),
      to(streamOf('c'), 'exists', happened()),
      to(streamOf('d'), 4, happened()),
    ]);
    assert.deepEqual(outcome, {
      ok: false,
      conflicts: [
        { stream: streamOf('a'), expected: 1, actual: 2 },
        { stream: streamOf('b'), expected: 'exists', actual: 0 },
        { stream: streamOf('d'), expected: 4, actual: 0 },
      ],
    });
    assert.equal((await everything(store)).length, 3);
  },

  'continues after a conflict as if it had not happened': async ({ store }) => {
    const stream = streamOf('1');
    await store.append([to(stream, 1, happened())]);
    await assertEmpty(store);
    const [event] = await write(store, stream, happened());
    assert.equal(event!.version, 1);
  },
};

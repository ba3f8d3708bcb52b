import assert from 'node:assert/strict';
import { newId } from '../../../messages';
import type { NewEvent } from '../../../store';
import { appended, assertEmpty, everything, happened, numbered, refused, streamOf, to, write } from '../fixtures';
import type { Checks } from '../scene';

const withIds = (count: number): NewEvent[] => numbered(count).map(event => ({ ...event, id: newId() }));

/** What becomes of events whose ids are stored already. */
export const repeating: Checks = {
  'answers a repeated append with the stored events and writes nothing': async ({ store }) => {
    const append = [to(streamOf('1'), 'any', ...withIds(3))];
    const first = await appended(store, append);
    assert.deepEqual(await appended(store, append), first);
    assert.deepEqual(await everything(store), first);
  },

  'answers a repeated append also when its expected version no longer fits': async ({ store }) => {
    for (const expected of ['none', 0] as const) {
      const append = [to(streamOf(`${expected}`), expected, ...withIds(2))];
      const first = await appended(store, append);
      await write(store, streamOf(`${expected}`), happened());
      assert.deepEqual(await appended(store, append), first);
      assert.equal((await store.read(streamOf(`${expected}`))).length, 3);
    }
  },

  'answers a repeated append to several streams, in the order given': async ({ store }) => {
    const append = [
      to(streamOf('1'), 'none', ...withIds(2)),
      to(streamOf('2'), 'none', ...withIds(1)),
      to(streamOf('0'), 0, ...withIds(2)),
    ];
    const first = await appended(store, append);
    await write(store, streamOf('2'), happened());
    assert.deepEqual(await appended(store, append), first);
    assert.equal((await everything(store)).length, 6);
  },

  'answers a repeated append of an event whose id the store made': async ({ store }) => {
    const first = await write(store, streamOf('1'), happened());
    assert.deepEqual(await write(store, streamOf('1'), happened({}, { id: first[0]!.id })), first);
    assert.equal((await everything(store)).length, 1);
  },

  'writes the events of an append once when it is repeated at the same time': async ({ store }) => {
    const append = [to(streamOf('1'), 'none', ...withIds(2))];
    const answers = await Promise.all(Array.from({ length: 8 }, () => appended(store, append)));
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    assert.equal((await everything(store)).length, 2);
  },

  'accepts the events of an append that was a conflict when they are appended again': async ({ store }) => {
    const events = withIds(2);
    assert.equal((await store.append([to(streamOf('1'), 3, ...events)])).ok, false);
    assert.equal((await appended(store, [to(streamOf('1'), 'none', ...events)])).length, 2);
  },

  'refuses an append that repeats only some of its events': async ({ store }) => {
    const [known, fresh] = [withIds(2), withIds(2)];
    const before = await write(store, streamOf('1'), ...known);
    for (const events of [
      [known[0]!, fresh[0]!],
      [fresh[0]!, known[1]!],
      [...known, happened()],
    ]) {
      const error = await refused('DUPLICATE_EVENT', () => store.append([to(streamOf('1'), 'any', ...events)]));
      assert.ok(
        known.some(({ id }) => id === error.eventId),
        `the error names the id: ${error.eventId}`,
      );
    }
    assert.deepEqual(await everything(store), before);
  },

  'refuses an append that repeats the events of only some of its streams': async ({ store }) => {
    const known = withIds(1);
    const before = await write(store, streamOf('1'), ...known);
    await refused('DUPLICATE_EVENT', () =>
      store.append([to(streamOf('1'), 'any', ...known), to(streamOf('2'), 'any', happened())]),
    );
    assert.deepEqual(await everything(store), before);
  },

  'refuses an event whose id is stored in another stream': async ({ store }) => {
    const known = withIds(1);
    const before = await write(store, streamOf('1'), ...known);
    await refused('DUPLICATE_EVENT', () => store.append([to(streamOf('2'), 'any', ...known)]));
    await refused('DUPLICATE_EVENT', () => store.append([to(streamOf('1', 'Other'), 'any', ...known)]));
    assert.deepEqual(await everything(store), before);
  },

  'refuses an append of known events with another name, payload, schema version or marks': async ({ store }) => {
    const [one, two] = withIds(2);
    const before = await write(store, streamOf('1'), one!, two!);
    const others: NewEvent[] = [
      { ...two!, name: 'Other' },
      { ...two!, payload: { n: 3 } },
      { ...two!, payload: { n: '2' } },
      { ...two!, payload: { n: 2, more: null } },
      { ...two!, payload: {} },
      { ...two!, payload: { n: [2] } },
      { ...two!, schemaVersion: 2 },
      { ...two!, marks: { deleted: true } },
    ];
    for (const other of others) {
      const error = await refused(
        'DUPLICATE_EVENT',
        () => store.append([to(streamOf('1'), 'none', one!, other)]),
        JSON.stringify(other),
      );
      assert.equal(error.eventId, two!.id);
    }
    assert.deepEqual(await everything(store), before);
  },

  'refuses an append of known events in another order, or with others in between': async ({ store }) => {
    const [one, two, three, four] = withIds(4);
    await write(store, streamOf('1'), one!, two!, three!);
    await write(store, streamOf('2'), four!);
    const all = await everything(store);
    const append = (...events: NewEvent[]) => [to(streamOf('1'), 'any', ...events)];
    await refused(
      'DUPLICATE_EVENT',
      () => store.append(append(two!, one!, three!)),
      'the first two the other way round',
    );
    await refused('DUPLICATE_EVENT', () => store.append(append(one!, three!)), 'the first and the third');
    const other = [to(streamOf('2'), 'any', four!), to(streamOf('1'), 'any', one!, two!, three!)];
    await refused('DUPLICATE_EVENT', () => store.append(other), 'the later stream first');
    assert.deepEqual(await everything(store), all);
  },

  'refuses an append of known events that names another version': async ({ store }) => {
    await write(store, streamOf('1'), happened());
    const events = withIds(2);
    const first = await appended(store, [to(streamOf('1'), 1, ...events)]);
    for (const expected of [0, 2, 3, 'none'] as const)
      await refused(
        'DUPLICATE_EVENT',
        () => store.append([to(streamOf('1'), expected, ...events)]),
        `a repetition at ${expected}`,
      );
    for (const expected of [1, 'any', 'exists'] as const)
      assert.deepEqual(
        await appended(store, [to(streamOf('1'), expected, ...events)]),
        first,
        `a repetition at ${expected}`,
      );
    assert.equal((await everything(store)).length, 3);
  },

  'answers a repeated append in any order of keys and with any metadata': async ({ store }) => {
    const [id, stream] = [newId(), streamOf('1')];
    const payload = { b: [{ y: 1.5, x: null }, 'ü'], a: { z: 1e21, long: 5e-324, none: undefined }, zero: -0 };
    const first = await write(store, stream, happened(payload, { id, metadata: { correlationId: 'one' } }));
    const turned = { zero: 0, a: { long: 5e-324, z: 1e21 }, b: [{ x: null, y: 1.5 }, 'ü'] };
    assert.deepEqual(
      await write(store, stream, happened(turned, { id, metadata: { correlationId: 'two', tenant: 't' } })),
      first,
    );
    await refused('DUPLICATE_EVENT', () =>
      write(store, stream, happened({ ...turned, b: ['ü', { x: null, y: 1.5 }] }, { id })),
    );
    assert.equal((await everything(store)).length, 1);
  },

  'looks at known events also in a transaction of projections': async ({ store }) => {
    if (!store.projections) return;
    const events = withIds(2);
    const first = await write(store, streamOf('1'), ...events);
    const within = (...given: NewEvent[]) =>
      store.projections!.transaction(each => each.append([to(streamOf('1'), 'none', ...given)]));
    assert.deepEqual(await within(...events), { ok: true, events: first });
    await refused('DUPLICATE_EVENT', () => within(events[0]!, { ...events[1]!, payload: { n: 3 } }));
    await refused('DUPLICATE_EVENT', () => within(events[1]!, events[0]!));
    assert.deepEqual(await everything(store), first);
  },

  'refuses the same id twice within one append': async ({ store }) => {
    const [event] = withIds(1);
    const error = await refused('DUPLICATE_EVENT', () => store.append([to(streamOf('1'), 'any', event!, event!)]));
    assert.equal(error.eventId, event!.id);
    await refused('DUPLICATE_EVENT', () =>
      store.append([to(streamOf('1'), 'any', event!), to(streamOf('2'), 'any', event!)]),
    );
    await assertEmpty(store);
  },
};

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { newId } from '../../../messages';
import type { NewEvent } from '../../../store';
import {
  appended,
  assertEmpty,
  assertFrozen,
  everything,
  happened,
  numbered,
  refused,
  streamOf,
  to,
  write,
} from '../fixtures';
import type { Checks } from '../scene';

const STATE = { total: 3, labels: ['a', { deep: null }] };

/** What the framework itself marks events with: kept apart from the metadata, whose entries are the callers'. */
export const marks: Checks = {
  'keeps the marks of an event, apart from its metadata': async ({ store }) => {
    const marked = [
      happened({ n: 1 }, { marks: { state: STATE } }),
      happened({ n: 2 }, { marks: { deleted: true, state: {} } }),
    ];
    const answered = await write(
      store,
      streamOf('1'),
      ...numbered(2),
      ...marked,
      happened({ n: 5 }, { marks: { deleted: true } }),
    );
    assert.deepEqual(
      answered.map(event => event.marks),
      [undefined, undefined, { state: STATE }, { deleted: true, state: {} }, { deleted: true }],
    );
    for (const { id, metadata } of answered)
      assert.deepEqual(metadata, { correlationId: id, causationId: id, commandName: '' });
    for (const event of answered) assertFrozen(event, 'the event');
    assert.deepEqual(await store.read(streamOf('1')), answered);
    assert.deepEqual(await everything(store), answered);
    for (const event of await everything(store)) assertFrozen(event, 'the event that was read');
  },

  'gives an event without marks no field for them': async ({ store }) => {
    await write(store, streamOf('1'), happened({}, { marks: { deleted: true } }), happened());
    const read = await store.read(streamOf('1'));
    assert.deepEqual(
      read.map(event => 'marks' in event),
      [true, false],
    );
  },

  'keeps marks at every expected version, alone, among others, and in several streams': async ({ store }) => {
    const marked = happened({}, { marks: { state: STATE } });
    for (const expected of ['none', 1, 'exists', 'any'] as const)
      await appended(store, [to(streamOf('1'), expected, marked)]);
    const both = [to(streamOf('2'), 0, happened(), marked, happened()), to(streamOf('1'), 4, happened(), marked)];
    const several = Array.from({ length: 20 }, (_, n) => write(store, streamOf(`s${n}`), n % 2 ? marked : happened()));
    const events = [...(await appended(store, both)), ...(await Promise.all(several)).flat()];
    const stored = (await everything(store)).slice(4);
    const byId = new Map(stored.map(event => [event.id, event]));
    for (const event of events) assert.deepEqual(byId.get(event.id), event);
    assert.equal(stored.filter(event => event.marks).length, 12);
    assert.ok((await everything(store)).slice(0, 4).every(event => inspect(event.marks) === inspect({ state: STATE })));
  },

  'takes metadata entries that are called like marks for what they are': async ({ store }) => {
    const metadata = {
      correlationId: 'c',
      causationId: 'b',
      commandName: 'Do',
      deleted: true,
      state: { total: 7 },
      marks: { deleted: true },
    };
    const [event] = await write(store, streamOf('1'), happened({}, { metadata }));
    assert.deepEqual(event!.metadata, metadata);
    const [read] = await store.read(streamOf('1'));
    assert.deepEqual(read, event);
    assert.equal(read!.marks, undefined);
  },

  'keeps the marks as they were when append was called, and leaves those of the caller as they are': async ({
    store,
  }) => {
    const state = { total: 1 };
    const appending = write(store, streamOf('1'), happened({}, { marks: { state } }));
    state.total = 2;
    assert.deepEqual((await appending)[0]!.marks, { state: { total: 1 } });
    assert.deepEqual((await store.readAll())[0]!.marks, { state: { total: 1 } });
  },

  'answers a repeated append of a marked event with what is stored, and refuses it with other marks or none': async ({
    store,
  }) => {
    const append = [to(streamOf('1'), 'none', happened({}, { id: newId(), marks: { state: STATE } }))];
    const events = await appended(store, append);
    assert.deepEqual(await appended(store, append), events);
    const { marks: _, ...unmarked } = append[0]!.events[0]!;
    for (const other of [
      unmarked,
      { ...unmarked, marks: { state: { total: 4 } } },
      { ...unmarked, marks: { deleted: true, state: STATE } },
    ])
      await refused(
        'DUPLICATE_EVENT',
        () => store.append([to(streamOf('1'), 'none', other as NewEvent)]),
        inspect(other),
      );
    assert.deepEqual(await everything(store), events);
  },

  'refuses marks that it does not know, and writes nothing': async ({ store }) => {
    for (const wrong of [
      'deleted',
      5,
      true,
      null,
      [],
      {},
      { deleted: false },
      { deleted: 1 },
      { state: 5 },
      { state: null },
      { other: 1 },
    ]) {
      const append = [to(streamOf('1'), 'any', happened(), happened({}, { marks: wrong as never }))];
      await refused('INVALID_APPEND', () => store.append(append), inspect(wrong));
    }
    const unstorable = happened({}, { marks: { state: { at: new Date(0) } } });
    const error = await refused('UNSTORABLE_VALUE', () => store.append([to(streamOf('1'), 'any', unstorable)]));
    assert.equal(error.path, 'marks.state.at');
    await assertEmpty(store);
  },
};

import assert from 'node:assert/strict';
import { newId } from '../../../messages';
import {
  appended,
  assertAscending,
  assertWithoutGaps,
  everything,
  happened,
  numbered,
  streamOf,
  to,
  write,
} from '../fixtures';
import type { Checks } from '../scene';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FIELDS = [
  ...[
    'aggregateId',
    'aggregateName',
    'id',
    'metadata',
    'name',
    'payload',
    'position',
    'recordedAt',
    'schemaVersion',
    'version',
  ],
];

/** What an append answers and writes when it goes through. */
export const appending: Checks = {
  'answers an append with the complete envelope': async ({ store }) => {
    const [event] = await write(store, streamOf('1', 'Order'), { name: 'Placed', payload: { total: 3 } });
    const { id, position, recordedAt, metadata, ...rest } = event!;
    assert.deepEqual(Object.keys(event!).sort(), FIELDS);
    assert.deepEqual(rest, {
      name: 'Placed',
      schemaVersion: 1,
      aggregateName: 'Order',
      aggregateId: '1',
      version: 1,
      payload: { total: 3 },
    });
    assert.match(id, UUID);
    assert.ok(typeof position === 'bigint' && position > 0n, 'the position is a bigint from 1');
    assert.equal(new Date(recordedAt).toISOString(), recordedAt, 'recordedAt is ISO 8601 in UTC, with milliseconds');
    assert.deepEqual(metadata, { correlationId: id, causationId: id, commandName: '' });
  },

  'keeps the id, the schema version and the metadata that are given': async ({ store }) => {
    const id = newId();
    const metadata = {
      correlationId: 'c',
      causationId: 'b',
      commandName: 'Place',
      actor: { name: 'Ada', roles: ['admin'] },
      tenant: null,
    };
    const [event] = await write(store, streamOf('1'), happened({}, { id, schemaVersion: 7, metadata }));
    assert.equal(event!.id, id);
    assert.equal(event!.schemaVersion, 7);
    assert.deepEqual(event!.metadata, metadata);
  },

  'fills in only the metadata that is missing': async ({ store }) => {
    const [event] = await write(store, streamOf('1'), happened({}, { metadata: { correlationId: 'c', actor: 'Ada' } }));
    assert.deepEqual(event!.metadata, { correlationId: 'c', causationId: event!.id, commandName: '', actor: 'Ada' });
  },

  'fills in metadata that is undefined': async ({ store }) => {
    const metadata = { correlationId: undefined, causationId: undefined, commandName: undefined };
    const [event] = await write(store, streamOf('1'), happened({}, { metadata }));
    assert.deepEqual(event!.metadata, { correlationId: event!.id, causationId: event!.id, commandName: '' });
  },

  'gives each event an id of its own': async ({ store }) => {
    const events = [
      ...(await write(store, streamOf('1'), ...numbered(50))),
      ...(await write(store, streamOf('2'), ...numbered(50))),
    ];
    assert.equal(new Set(events.map(({ id }) => id)).size, 100);
  },

  'counts the versions of a stream from 1 without gaps, over several appends': async ({ store }) => {
    for (const count of [1, 3, 1, 2]) await write(store, streamOf('1'), ...numbered(count));
    assertWithoutGaps(await store.read(streamOf('1')), 7);
  },

  'counts the versions of each stream by themselves': async ({ store }) => {
    for (const id of ['1', '2', '1', '2', '2']) await write(store, streamOf(id), happened());
    assertWithoutGaps(await store.read(streamOf('1')), 2);
    assertWithoutGaps(await store.read(streamOf('2')), 3);
  },

  'gives positions that ascend over all streams, in the order of the appends': async ({ store }) => {
    const events = [];
    for (const id of ['1', '2', '1', '3']) events.push(...(await write(store, streamOf(id), ...numbered(2))));
    assertAscending(events);
    assert.deepEqual(await everything(store), events);
  },

  'reads back exactly what the append answered': async ({ store }) => {
    const metadata = { correlationId: 'c', causationId: 'b', commandName: 'Do', tenant: 't1' };
    const answered = await write(
      store,
      streamOf('1'),
      happened({ a: [1, { b: null }] }, { metadata }),
      happened({}, { schemaVersion: 2 }),
    );
    assert.deepEqual(await store.read(streamOf('1')), answered);
    assert.deepEqual(await store.readAll(), answered);
  },

  'appends to several streams at once, in the order given': async ({ store }) => {
    await write(store, streamOf('2'), happened({ n: 0 }));
    const appends = [
      to(streamOf('1'), 'none', ...numbered(2)),
      to(streamOf('2'), 1, happened({ n: 3 })),
      to(streamOf('1', 'Other'), 'any', happened({ n: 4 })),
    ];
    const events = await appended(store, appends);
    assertAscending(events);
    assert.deepEqual(
      events.map(({ aggregateName, aggregateId, version, payload }) => [aggregateName, aggregateId, version, payload]),
      [
        ['Thing', '1', 1, { n: 1 }],
        ['Thing', '1', 2, { n: 2 }],
        ['Thing', '2', 2, { n: 3 }],
        ['Other', '1', 1, { n: 4 }],
      ],
    );
    assert.deepEqual((await everything(store)).slice(1), events);
  },

  'takes 1,001 events in one append': async ({ store }) => {
    const events = await write(store, streamOf('1'), ...numbered(1001));
    assertWithoutGaps(events, 1001);
    assertAscending(events);
    assert.deepEqual(await everything(store), events);
  },

  'answers an empty list of appends with no events': async ({ store }) => {
    assert.deepEqual(await store.append([]), { ok: true, events: [] });
  },
};

import assert from 'node:assert/strict';
import type { RecordedEvent } from '../../messages';
import { type EventFilter, type EventStore, listStreams, type StorePage, type SubscribeOptions } from '../../store';
import { appended, happened, numberOf, range, refused, started, streamOf, take, to, write } from './fixtures';
import type { Checks, Scene } from './scene';

const NAMES = ['Happened', 'Moved', 'Ended'] as const;
const AGGREGATES = ['Thing', 'Other'] as const;

const nameOf = (n: number): string => NAMES[n % 3]!;
const aggregateOf = (n: number): string => AGGREGATES[n % 2]!;

/** Writes events that are numbered, with three names in turn, of two aggregates in turn. */
async function writeMixed(store: EventStore, count: number, first = 1): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  // One append each: else those of one stream would follow each other.
  for (let n = first; n < first + count; n++)
    events.push(...(await write(store, streamOf('1', aggregateOf(n)), happened({ n }, { name: nameOf(n) }))));
  return events;
}

/** Writes as many events as fill several pages, of which every third has each of the names. */
async function writePages(store: EventStore): Promise<void> {
  const events = range(1, 3300).map(n => happened({ n }, { name: nameOf(n) }));
  for (let start = 0; start < events.length; start += 1100)
    await appended(store, [to(streamOf('1'), start, ...events.slice(start, start + 1100))]);
}

const numbersOf = async (store: EventStore, page: StorePage): Promise<unknown[]> =>
  (await store.readAll(page)).map(numberOf);

/** Follows with a filter and takes as many events as are wanted; in a list, lest the taking itself is awaited. */
const following = (store: EventStore, count: number, options: SubscribeOptions): Promise<RecordedEvent[]>[] => [
  started(take(store.subscribe(options), count)),
];

const filters: Checks = {
  'reads only the events with the names asked for': async ({ store }) => {
    await writeMixed(store, 12);
    assert.deepEqual(await numbersOf(store, { names: ['Moved'] }), [1, 4, 7, 10]);
    assert.deepEqual(await numbersOf(store, { names: ['Moved', 'Ended', 'Moved'], limit: 5 }), [1, 2, 4, 5, 7]);
    assert.deepEqual(await numbersOf(store, { names: ['moved', 'Unknown'] }), []);
  },

  'reads only the events of the aggregates asked for': async ({ store }) => {
    await writeMixed(store, 6);
    assert.deepEqual(await numbersOf(store, { aggregates: ['Other'] }), [1, 3, 5]);
    assert.deepEqual(await numbersOf(store, { aggregates: ['Other', 'Thing'] }), range(1, 6));
    assert.deepEqual(await numbersOf(store, { aggregates: ['Unknown'] }), []);
  },

  'reads the events that have one of the names and are of one of the aggregates': async ({ store }) => {
    await writeMixed(store, 12);
    assert.deepEqual(await numbersOf(store, { names: ['Moved', 'Ended'], aggregates: ['Thing'] }), [2, 4, 8, 10]);
  },

  'finds no events with names that no event can have': async ({ store }) => {
    await writeMixed(store, 1);
    for (const name of ['', 'a\0b', 'x'.repeat(300), '\ud800', "'; --", '{}', '%']) {
      assert.deepEqual(await store.readAll({ names: [name] }), [], JSON.stringify(name));
      assert.deepEqual(await store.readAll({ aggregates: [name] }), [], JSON.stringify(name));
    }
    assert.deepEqual(await numbersOf(store, { names: ['a\0b', 'Moved'] }), [1]);
  },

  'reads the events up to a position': async ({ store }) => {
    const events = await writeMixed(store, 10);
    const [third, eighth] = [events[2]!.position, events[7]!.position];
    assert.deepEqual(await numbersOf(store, { upTo: eighth }), range(1, 8));
    assert.deepEqual(await numbersOf(store, { after: third, upTo: eighth }), range(4, 8));
    assert.deepEqual(await numbersOf(store, { after: third, upTo: eighth, names: ['Moved'] }), [4, 7]);
    assert.deepEqual(await numbersOf(store, { upTo: 2n ** 63n }), range(1, 10));
    for (const upTo of [0n, third, 1n]) assert.deepEqual(await store.readAll({ after: third, upTo }), []);
  },

  'reads backward, from the end or from an upper bound': async ({ store }) => {
    const events = await writeMixed(store, 10);
    const [third, eighth] = [events[2]!.position, events[7]!.position];
    const backward = (page: StorePage): Promise<unknown[]> => numbersOf(store, { ...page, direction: 'backward' });
    assert.deepEqual(await backward({}), range(1, 10).reverse());
    assert.deepEqual(await backward({ limit: 1 }), [10]);
    assert.deepEqual(await backward({ upTo: eighth, limit: 3 }), [8, 7, 6]);
    assert.deepEqual(await backward({ after: third, upTo: eighth }), [8, 7, 6, 5, 4]);
    assert.deepEqual(await backward({ names: ['Moved'], limit: 2 }), [10, 7]);
    assert.deepEqual(await backward({ aggregates: ['Thing'], upTo: eighth, limit: 2 }), [8, 6]);
    assert.deepEqual(await backward({ after: events[9]!.position }), []);
    assert.deepEqual(await numbersOf(store, { direction: 'forward', limit: 2 }), [1, 2]);
  },

  'reads a selection page by page, in both directions': async ({ store }) => {
    await writePages(store);
    const expected = range(1, 3300).filter(n => n % 3 === 1);
    const filter: EventFilter = { names: ['Moved'] };
    const forward: RecordedEvent[] = [...(await store.readAll(filter))];
    assert.equal(forward.length, 1000);
    forward.push(...(await store.readAll({ ...filter, after: forward.at(-1)!.position })));
    assert.deepEqual(forward.map(numberOf), expected);
    const backward: RecordedEvent[] = [...(await store.readAll({ ...filter, direction: 'backward' }))];
    const upTo = backward.at(-1)!.position - 1n;
    backward.push(...(await store.readAll({ ...filter, direction: 'backward', upTo })));
    assert.deepEqual(backward.map(numberOf), expected.reverse());
  },

  'refuses to select by nothing, or by what is no name, no position, no direction': async ({ store }) => {
    const refusedPages: readonly object[] = [
      ...[
        { names: [] },
        { names: 'Moved' },
        { names: [1] },
        { names: [undefined] },
        { names: null },
        { name: 'Moved' },
      ],
      ...[{ aggregates: [] }, { aggregates: 'Thing' }, { aggregates: [{}] }, { direction: 'up' }, { direction: null }],
    ];
    for (const page of refusedPages) {
      await refused('INVALID_OPTIONS', () => store.readAll(page), `readAll(${JSON.stringify(page)})`);
      if (!('direction' in page))
        await refused('INVALID_OPTIONS', () => store.subscribe(page), `subscribe(${JSON.stringify(page)})`);
    }
    for (const upTo of [-1n, 5, '5', null])
      await refused('INVALID_PAGE', () => store.readAll({ upTo: upTo as bigint }));
  },
};

const subscriptions: Checks = {
  'yields to a subscription only the events with the names asked for, first stored ones, then new ones':
    async scene => {
      await checkFollowing(scene, { names: ['Moved'] }, n => n % 3 === 1);
    },

  'yields to a subscription only the events of the aggregates asked for': async scene => {
    await checkFollowing(scene, { aggregates: ['Other'] }, n => n % 2 === 1);
  },

  'yields to a subscription each selected event of several pages once': async ({ store, soon }) => {
    await writePages(store);
    const [taking] = following(store, 1100, { names: ['Moved'] });
    const taken = await soon(taking!, '1,100 selected events of a subscription');
    assert.deepEqual(
      taken.map(numberOf),
      range(1, 3300).filter(n => n % 3 === 1),
    );
  },

  'ends a subscription with a filter when the store is closed': async ({ store, soon }) => {
    await writeMixed(store, 3);
    const iterator = store.subscribe({ names: ['Unknown'] })[Symbol.asyncIterator]();
    const next = started(iterator.next());
    await soon(store.close(), 'close() resolves');
    assert.equal((await soon(next, 'the end of the subscription')).done, true);
  },
};

async function checkFollowing(
  { store, soon }: Scene,
  filter: EventFilter,
  isMeant: (n: number) => boolean,
): Promise<void> {
  const events = await writeMixed(store, 12);
  const expected = range(1, 24).filter(isMeant);
  const after = events[5]!.position;
  const [taking] = following(store, expected.length, filter);
  const [later] = following(store, expected.filter(n => n > 6).length, { ...filter, after });
  await writeMixed(store, 12, 13);
  const what = 'the selected events of a subscription';
  assert.deepEqual((await soon(taking!, what)).map(numberOf), expected);
  assert.deepEqual(
    (await soon(later!, what)).map(numberOf),
    expected.filter(n => n > 6),
  );
}

const streams: Checks = {
  'lists streams with version and last position, in order of their names': async ({ store }) => {
    assert.deepEqual(await listStreams(store), []);
    for (const id of ['b', 'a', '\u{1f600}', '\uffee', 'b']) await write(store, streamOf(id), happened());
    const [, last] = await write(store, streamOf('a', 'Other'), happened(), happened());
    const listed = await listStreams(store);
    assert.deepEqual(
      listed.map(({ aggregateName, aggregateId, version }) => [aggregateName, aggregateId, version]),
      [
        ['Other', 'a', 2],
        ['Thing', 'a', 1],
        ['Thing', 'b', 2],
        ['Thing', '\uffee', 1],
        ['Thing', '\u{1f600}', 1],
      ],
    );
    assert.equal(listed[0]!.position, last!.position);
    for (const { position, ...stream } of listed)
      assert.equal((await store.read(stream)).at(-1)!.position, position, `the last position of ${stream.aggregateId}`);
  },

  'lists streams page by page': async ({ store }) => {
    for (const n of range(1, 7)) await write(store, streamOf(`${n}`, aggregateOf(n)), happened());
    const all = await listStreams(store);
    const paged = [];
    for (let after = all[0]; after; after = (await listStreams(store, { after, limit: 2 })).at(-1))
      paged.push(...(await listStreams(store, { after, limit: 2 })));
    assert.deepEqual(paged, all.slice(1));
    assert.deepEqual(await listStreams(store, { after: { aggregateName: 'Z', aggregateId: '' } }), []);
  },

  'refuses a page of streams that is out of range': async ({ store }) => {
    for (const limit of [0, 1001, 1.5, '5', null])
      await refused('INVALID_PAGE', () => listStreams(store, { limit: limit as number }));
    for (const page of [{ after: '1' }, { after: { aggregateName: 'Thing' } }, { from: 1 }])
      await refused('INVALID_OPTIONS', () => listStreams(store, page as object));
  },
};

/** What reading and following return of some events only, backward reads, and the list of streams. */
export const selecting: Checks = { ...filters, ...subscriptions, ...streams };

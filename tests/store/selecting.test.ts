import { type EventStore, InMemoryEventStore, type RecordedEvent } from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { CustomEventStore, listStreams, type StorePage, selectPage } from 'eventuality/store-kit';
import { range, to } from '../support/events';

const OPTIONS = ['names', 'aggregates', 'upTo', 'direction'] as const;
type Option = (typeof OPTIONS)[number];

/** All subsets of the options that a store may know nothing of. */
const IGNORED = range(0, 15).map(bits => OPTIONS.filter((_, bit) => bits & (1 << bit)));

const PAGES: readonly StorePage[] = [
  {},
  { names: ['B'] },
  { names: ['B'], limit: 2 },
  { aggregates: ['Other'], after: 5n },
  { names: ['A', 'C'], aggregates: ['Thing'], upTo: 30n, limit: 7 },
  { upTo: 9n, after: 3n },
  { direction: 'backward' },
  { direction: 'backward', limit: 1 },
  { direction: 'backward', limit: 1, names: ['C'], upTo: 20n },
  { direction: 'backward', after: 11n, upTo: 33n, limit: 5 },
  { direction: 'backward', after: 11n, upTo: 12n },
  { direction: 'backward', names: ['B'], aggregates: ['Other'] },
  { direction: 'backward', after: 50n },
];

const positions = (events: readonly RecordedEvent[]): number[] => events.map(({ position }) => Number(position));

/** A store of 40 events, with three names and two aggregates. */
async function filled(): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  for (const n of range(1, 40)) {
    const stream = { aggregateName: n % 2 ? 'Thing' : 'Other', aggregateId: `${n % 5}` };
    await store.append([{ stream, expected: 'any', events: [{ name: 'ABC'[n % 3]!, payload: { n } }] }]);
  }
  return store;
}

/** Reads a store without telling it of some options; in small pages, so that there are several. */
const ignoring =
  (store: EventStore, ignored: readonly Option[]) =>
  (page: StorePage = {}): Promise<readonly RecordedEvent[]> =>
    store.readAll(Object.fromEntries(Object.entries(page).filter(([name]) => !ignored.includes(name as Option))));

test.each(IGNORED.map(ignored => [ignored.join(', ') || 'nothing', ignored] as const))(
  'a page is right although the store ignores %s',
  async (_, ignored) => {
    const store = await filled();
    for (const page of PAGES)
      expect([page, positions(await selectPage(ignoring(store, ignored), page))]).toEqual([
        page,
        positions(await store.readAll(page)),
      ]);
  },
);

test('a page is right although the store returns smaller pages than it was asked for', async () => {
  const store = await filled();
  const inTens = (page: StorePage = {}) => store.readAll({ ...page, limit: Math.min(page.limit ?? 10, 10) });
  for (const page of PAGES)
    expect(positions(await selectPage(inTens, page))).toEqual(positions(await store.readAll(page)));
});

test('a subscription of a custom store is filtered, also one that ignores its options', async () => {
  const store = await filled();
  const parts = { append: store.append.bind(store), readAll: ignoring(store, OPTIONS) };
  const whole = (): AsyncIterable<readonly RecordedEvent[]> => store.subscribe();
  for (const custom of [new CustomEventStore(parts), new CustomEventStore({ ...parts, subscribe: whole })]) {
    const taken: RecordedEvent[] = [];
    for await (const page of custom.subscribe({ names: ['B'], aggregates: ['Thing'] })) {
      taken.push(...page);
      if (taken.length >= 7) break;
    }
    expect(positions(taken)).toEqual([1, 7, 13, 19, 25, 31, 37]);
    await custom.close();
  }
});

test('the streams of a store without a list of them are those of its events', async () => {
  const store = await filled();
  const parts = { readAll: store.readAll.bind(store) };
  expect(await listStreams(parts)).toEqual(await store.streams());
  const after = (await store.streams())[3]!;
  expect(await listStreams(parts, { after, limit: 2 })).toEqual((await store.streams()).slice(4, 6));
});

test('where a restore has left large gaps, a filter is as quick as the events are few', async () => {
  const store = sqlite(':memory:');
  await store.append([to('a', 'none', { name: 'A', payload: {} })]);
  const [event] = await store.readAll();
  const far = { ...event!, id: '00000000-0000-4000-8000-000000000001', version: 2, position: 2n ** 46n };
  await store.restore([far]);
  expect(positions(await store.readAll({ names: ['A'] }))).toEqual([1, 2 ** 46]);
  expect(positions(await store.readAll({ names: ['A'], direction: 'backward' }))).toEqual([2 ** 46, 1]);
  await store.close();
});

test('the last events of a store that reads forward only are found without reading all of it', async () => {
  const store = new InMemoryEventStore();
  const events = range(1, 40_000).map(n => ({ name: n % 2000 ? 'Common' : 'Rare', payload: {} }));
  await store.append([{ stream: { aggregateName: 'Thing', aggregateId: '1' }, expected: 'none', events }]);
  let read = 0;
  const forward = async ({ after = 0n, limit = 1000 }: StorePage) => {
    const page = await store.readAll({ after, limit });
    read += page.length;
    return page;
  };
  const last = async (page: StorePage) => positions(await selectPage(forward, { ...page, direction: 'backward' }));
  expect(await last({ limit: 3 })).toEqual([40_000, 39_999, 39_998]);
  expect(read).toBeLessThan(8000);
  expect(await last({ names: ['Rare'], limit: 3 })).toEqual([40_000, 38_000, 36_000]);
  expect(await last({ names: ['Rare'], upTo: 5000n })).toEqual([4000, 2000]);
});

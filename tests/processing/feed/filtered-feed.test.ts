import { type EventStore, InMemoryEventStore, type RecordedEvent } from 'eventuality';
import type { StorePage } from 'eventuality/store-kit';
import { EventFeed, type FeedReader } from '../../../src/processing/feed/event-feed';
import { range } from '../../support/events';

const RARE = new Set(['Rare']);
const NONE = new Set(['Never']);

describe('the feed of a process, for readers of few events', () => {
  let store: InMemoryEventStore;
  /** The names that pages were asked for with, and how many events the subscriptions gave. */
  let asked: string[];
  let followed: number;
  let feed: EventFeed;

  /** The store, with what is read of it counted; `known` says which options it knows. */
  const counted = (known = (page: StorePage): StorePage => page): Pick<EventStore, 'subscribe' | 'readAll'> => ({
    readAll: async (page = {}) => {
      if (page.names) asked.push([...page.names].sort().join(' '));
      return store.readAll(known(page));
    },
    async *subscribe(options) {
      for await (const page of store.subscribe(options)) {
        followed += page.length;
        yield page;
      }
    },
  });

  beforeEach(() => {
    store = new InMemoryEventStore();
    asked = [];
    followed = 0;
    feed = new EventFeed(counted());
  });
  afterEach(() => store.close());

  /** Appends events, each with the name that a function gives its position. */
  async function append(count: number, nameOf: (position: number) => string): Promise<void> {
    const first = Number((await store.readAll({ direction: 'backward', limit: 1 }))[0]?.position ?? 0n) + 1;
    const events = range(first, first + count - 1).map(n => ({ name: nameOf(n), payload: {} }));
    await store.append([{ stream: { aggregateName: 'Count', aggregateId: '1' }, expected: 'any', events }]);
  }
  const rareEvery = (every: number) => (position: number) => (position % every === 0 ? 'Rare' : 'Common');

  /** Reads up to a position, and returns the positions of the events with the names of the reader. */
  async function readUntil(reader: FeedReader, until: bigint): Promise<number[]> {
    const found: RecordedEvent[] = [];
    while (reader.position < until) found.push(...((await reader.next())?.events ?? []));
    return found.filter(({ name }) => reader.names.has(name)).map(({ position }) => Number(position));
  }
  const multiples = (of: number, from: number, to: number): number[] => range(from, to).filter(n => n % of === 0);

  test('reads few events by their names, as soon as it is known that they are few, and follows all at the end', async () => {
    await append(50_000, rareEvery(100));
    const reader = feed.reader(0n, RARE);
    expect(await readUntil(reader, 50_000n)).toEqual(multiples(100, 1, 50_000));
    expect(followed).toBe(4000);
    expect(new Set(asked)).toEqual(new Set(['Rare']));
    const next = readUntil(reader, 50_100n);
    await append(100, rareEvery(100));
    expect(await next).toEqual([50_100]);
    expect(followed).toBe(4100);
  });

  test('comes to the end also where there is none of the events', async () => {
    await append(20_000, () => 'Common');
    const reader = feed.reader(0n, NONE);
    expect(await readUntil(reader, 20_000n)).toEqual([]);
    expect({ followed, position: reader.position }).toEqual({ followed: 4000, position: 20_000n });
  });

  test('reads all where many are wanted, and again where they become many', async () => {
    await append(20_000, rareEvery(5));
    expect(await readUntil(feed.reader(0n, RARE), 20_000n)).toEqual(multiples(5, 1, 20_000));
    expect(asked).toEqual([]);
    await append(20_000, rareEvery(100));
    await append(20_000, rareEvery(2));
    const expected = [...multiples(100, 20_001, 40_000), ...multiples(2, 40_001, 60_000)];
    expect(await readUntil(feed.reader(20_000n, RARE), 60_000n)).toEqual(expected);
    expect(asked.length).toBeLessThan(5);
    expect(followed).toBeGreaterThan(20_000 + 4000 + 16_000);
  });

  test('reads once what several want, by all their names', async () => {
    await append(50_000, n => (n % 100 < 2 ? `Rare${n % 100}` : 'Common'));
    const readers = [0, 1, 0, 1].map(n => feed.reader(0n, new Set([`Rare${n}`])));
    const found = await Promise.all(readers.map(reader => readUntil(reader, 50_000n)));
    expect(found.map(({ length }) => length)).toEqual([500, 500, 500, 500]);
    expect(new Set(asked)).toEqual(new Set(['Rare0 Rare1']));
    expect(followed).toBe(4000);
  });

  test('gives a reader that comes later, with other names, all its events', async () => {
    await append(50_000, n => (n % 100 < 2 ? `Rare${n % 100}` : 'Common'));
    const first = feed.reader(0n, new Set(['Rare0']));
    await readUntil(first, 10_000n);
    const second = feed.reader(6000n, new Set(['Rare1']));
    expect(await readUntil(second, 50_000n)).toHaveLength(440);
    await readUntil(first, 50_000n);
  });

  test.each([
    ['the names', ({ names: _, ...page }: StorePage) => page],
    ['the direction', ({ direction: _, ...page }: StorePage) => page],
    ['all options', ({ after, limit }: StorePage) => ({ ...(after && { after }), ...(limit && { limit }) })],
  ])('reads rightly from a store that ignores %s', async (_, known) => {
    await append(20_000, rareEvery(100));
    feed = new EventFeed(counted(known));
    expect(await readUntil(feed.reader(0n, RARE), 20_000n)).toEqual(multiples(100, 1, 20_000));
    // It finds out that asking is of no use.
    expect(asked.length).toBeLessThan(10);
  });

  test('reads anew what was passed over while the events were replaced', async () => {
    await append(20_000, () => 'Common');
    let isSame = false;
    feed = new EventFeed(counted(), { whenReplaced: () => undefined, confirm: async () => isSame });
    const reader = feed.reader(0n, NONE);
    await readUntil(reader, 4000n);
    await reader.next();
    expect(reader.position).toBe(5000n);
    isSame = true;
    await readUntil(reader, 20_000n);
    expect(followed).toBeLessThan(20_000);
  });
});

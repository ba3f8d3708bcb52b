import { type EventStore, InMemoryEventStore } from 'eventuality';
import { EventFeed, type FeedReader } from '../../../src/processing/feed/event-feed';
import { range } from '../../support/events';

const NAMES = new Set(['Counted']);

describe('the feed of a process', () => {
  let store: InMemoryEventStore;
  /** Where subscriptions began, and how many pages were requested of all of them. */
  let begun: bigint[];
  let pages: number;
  let open: number;
  let feed: EventFeed;

  /** The store, with its subscriptions counted. */
  const counted: Pick<EventStore, 'subscribe' | 'readAll'> = {
    readAll: page => store.readAll(page),
    subscribe: options => {
      begun.push(options?.after ?? 0n);
      open++;
      options?.signal?.addEventListener('abort', () => void open--);
      const source = store.subscribe(options)[Symbol.asyncIterator]();
      return {
        [Symbol.asyncIterator]: () => ({
          next: async () => {
            const next = await source.next();
            if (!next.done) pages++;
            return next;
          },
        }),
      };
    },
  };

  beforeEach(() => {
    store = new InMemoryEventStore();
    begun = [];
    pages = 0;
    open = 0;
    feed = new EventFeed(counted);
  });
  afterEach(() => store.close());

  const append = async (count: number): Promise<void> => {
    const events = range(1, count).map(n => ({ name: 'Counted', payload: { n } }));
    await store.append([{ stream: { aggregateName: 'Count', aggregateId: '1' }, expected: 'any', events }]);
  };

  /** Takes pages until an event, and returns the positions of all. */
  const takeUntil = async (reader: FeedReader, last: bigint): Promise<bigint[]> => {
    const positions: bigint[] = [];
    while ((positions.at(-1) ?? 0n) < last)
      for (const { position } of (await reader.next())?.events ?? []) positions.push(position);
    return positions;
  };
  const upTo = (from: number, to: number): bigint[] => range(from, to).map(BigInt);

  test('reads each page once for readers that stand at one place', async () => {
    await append(5000);
    const readers = range(1, 20).map(() => feed.reader(0n, NAMES));
    const taken = await Promise.all(readers.map(reader => takeUntil(reader, 5000n)));
    for (const positions of taken) expect(positions).toEqual(upTo(1, 5000));
    expect({ begun, pages }).toEqual({ begun: [0n], pages: 5 });
  });

  test('gives each of them what comes, read once', async () => {
    const readers = range(1, 20).map(() => feed.reader(0n, NAMES));
    const taking = Promise.all(readers.map(reader => takeUntil(reader, 3n)));
    for (let n = 1; n <= 3; n++) {
      await append(1);
      await new Promise(setImmediate);
    }
    for (const positions of await taking) expect(positions).toEqual([1n, 2n, 3n]);
    expect({ begun, pages }).toEqual({ begun: [0n], pages: 3 });
  });

  test('does not hold up others for one that is slow, which reads on its own and comes back', async () => {
    await append(20_000);
    const [slow, quick, other] = [feed.reader(0n, NAMES), feed.reader(0n, NAMES), feed.reader(0n, NAMES)];
    await slow.next();
    await Promise.all([takeUntil(quick, 20_000n), takeUntil(other, 20_000n)]);
    expect({ begun, pages, open }).toEqual({ begun: [0n], pages: 20, open: 1 });
    expect(await takeUntil(slow, 20_000n)).toEqual(upTo(1001, 20_000));
    expect(begun).toEqual([0n, 1000n]);
    expect(pages).toBeLessThan(20 + 20);
    const all = Promise.all([slow, quick, other].map(reader => takeUntil(reader, 20_001n)));
    await append(1);
    expect(await all).toEqual([[20_001n], [20_001n], [20_001n]]);
    expect(open).toBe(1);
  });

  test('lets one that stands a little ahead wait for the others', async () => {
    await append(10);
    const [first, ahead] = [feed.reader(0n, NAMES), feed.reader(7n, NAMES)];
    expect(await Promise.all([takeUntil(first, 10n), takeUntil(ahead, 10n)])).toEqual([upTo(1, 10), upTo(8, 10)]);
    expect({ begun, pages }).toEqual({ begun: [0n], pages: 1 });
  });

  test('keeps eight pages at most, however far a reader is behind', async () => {
    await append(30_000);
    const [slow, quick] = [feed.reader(0n, NAMES), feed.reader(0n, NAMES)];
    await slow.next();
    await takeUntil(quick, 30_000n);
    // What it kept it would give; the slow one has to read again what was dropped.
    expect(pages).toBe(30);
    await takeUntil(slow, 30_000n);
    expect(pages).toBeGreaterThanOrEqual(30 + 21);
  });

  test('ends its subscriptions with their last readers', async () => {
    const readers = range(1, 3).map(() => feed.reader(0n, NAMES));
    const waiting = readers.map(reader => reader.next());
    expect(open).toBe(1);
    for (const reader of readers) reader.close();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
    expect(open).toBe(0);
  });

  test('ends its readers with the store', async () => {
    const readers = range(1, 3).map(() => feed.reader(0n, NAMES));
    const waiting = readers.map(reader => reader.next());
    await store.close();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
    expect(await readers[0]!.next()).toBeUndefined();
  });

  test('tells all who wait of a failure, and reads anew afterwards', async () => {
    const sound = counted.subscribe;
    const broken = new EventFeed({
      ...counted,
      subscribe: options => {
        if (begun.length > 0) return sound(options);
        begun.push(0n);
        return {
          [Symbol.asyncIterator]: () => ({
            next: () => new Promise((_, reject) => setImmediate(() => reject(new Error('not today')))),
          }),
        };
      },
    });
    await append(1);
    const readers = range(1, 3).map(() => broken.reader(0n, NAMES));
    const outcomes = await Promise.allSettled(readers.map(reader => reader.next()));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await Promise.all(readers.map(reader => takeUntil(reader, 1n)))).toEqual([[1n], [1n], [1n]]);
    expect(begun).toEqual([0n, 0n]);
  });
});

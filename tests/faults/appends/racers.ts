import { CustomEventStore, type EventStore, type ExpectedVersion, type StreamAppend } from '../../../src/store';
import { happened, range, to } from '../../support/events';
import { exactly, type Figure, none, type Subject, some } from '../../support/figures';
import { Random } from '../../support/random';
import { withStores } from '../../support/stores/stores';
import { TESTED } from '../../support/stores/tested';
import { until } from '../../support/waiting';

const STORES = 4;
/** How far apart the racers start at most, in milliseconds: some start before the winner is known, some after. */
const STAGGERED = 4;

export interface RacingSizes {
  readonly racers: number;
  readonly rounds: number;
}

/** Lets racers that expect the same version append to one stream, round by round: each round has exactly one winner. */
export async function racers(sizes: RacingSizes, seed: number): Promise<Figure[]> {
  const done = `${sizes.racers} staggered racers on one stream, ${sizes.rounds} rounds`;
  const figures: Figure[] = [];
  for (const store of TESTED) {
    const winners = await withStores(store, STORES, stores => race(stores, sizes, new Random(seed)));
    figures.push(
      exactly(
        { item: 5, store, done, seed },
        'rounds with one winner',
        winners.filter(count => count === 1).length,
        sizes.rounds,
      ),
    );
    const checking = new Meeting();
    const checked = (each: EventStore): EventStore => checkingBefore(each, checking);
    const naive = await withStores(store, STORES, stores =>
      race(stores.map(checked), { ...sizes, rounds: 20 }, new Random(seed)),
    );
    const control: Subject = { item: 5, store, done: 'a version that is checked before it is appended', seed };
    figures.push(some(control, 'of 20 rounds with several winners', naive.filter(count => count > 1).length));
  }
  return figures;
}

/** Returns how many won in each round. */
async function race(stores: readonly EventStore[], { racers, rounds }: RacingSizes, random: Random): Promise<number[]> {
  const winners: number[] = [];
  for (const round of range(1, rounds)) {
    const version = (await stores[0]!.read(to('race', 'any').stream)).length;
    const outcomes = await Promise.all(
      range(1, racers).map(async racer => {
        await random.pause(STAGGERED);
        return stores[racer % stores.length]!.append([to('race', version, happened({ round, racer }))]);
      }),
    );
    winners.push(outcomes.filter(({ ok }) => ok).length);
  }
  return winners;
}

export interface AnyVersionSizes {
  readonly writers: number;
  readonly streams: number;
  readonly each: number;
}

/** Lets writers that expect nothing append to few streams: none of them meets a conflict, and all of it is there. */
export async function anyVersion(sizes: AnyVersionSizes, seed: number): Promise<Figure[]> {
  const done = `${sizes.writers} writers on ${sizes.streams} streams, any version, ${sizes.each} appends each`;
  const figures: Figure[] = [];
  for (const store of TESTED) {
    await withStores(store, STORES, async stores => {
      figures.push(none({ item: 6, store, done, seed }, 'conflicts', await write(stores, sizes, 'any')));
      figures.push(
        none({ item: 6, store, done, seed }, 'missing', sizes.writers * sizes.each - (await stored(stores[0]!, sizes))),
      );
    });
    const control: Subject = { item: 6, store, done: 'writers that expect the version they have read', seed };
    figures.push(some(control, 'conflicts', await withStores(store, STORES, stores => write(stores, sizes, 'read'))));
  }
  return figures;
}

/** Returns how many appends were answered with a conflict, or with an error. */
async function write(
  stores: readonly EventStore[],
  { writers, streams, each }: AnyVersionSizes,
  expecting: 'any' | 'read',
): Promise<number> {
  let refused = 0;
  let haveRead = 0;
  const writing = range(1, writers).map(async writer => {
    const store = stores[writer % stores.length]!;
    for (const n of range(1, each)) {
      const { stream } = to(`s${(writer * 7 + n) % streams}`, 'any');
      const expected: ExpectedVersion = expecting === 'any' ? 'any' : (await everyPage(store, stream)).length;
      // There are fewer streams than writers: where all have read before any of them appends, some conflict.
      haveRead++;
      if (expecting === 'read' && n === 1) await until(() => haveRead >= writers, 'all writers have read', 60_000);
      const outcome = await store.append([{ stream, expected, events: [happened({ writer, n })] }]);
      if (!outcome.ok) refused++;
    }
  });
  await Promise.all(writing);
  return refused;
}

/** Counts the events that are where they should be: each once, the versions of each stream without gaps. */
async function stored(store: EventStore, { streams }: AnyVersionSizes): Promise<number> {
  const written = new Set<string>();
  for (const number of range(0, streams - 1)) {
    const events = await everyPage(store, to(`s${number}`, 'any').stream);
    for (const [index, { version, payload }] of events.entries())
      if (version === index + 1) written.add(JSON.stringify(payload));
  }
  return written.size;
}

async function everyPage(store: EventStore, stream: StreamAppend['stream']) {
  const events = [];
  for (;;) {
    const page = await store.read(stream, { from: events.length + 1 });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/**
 * Where those who found one version wait until there are two of them: the moment in which a check goes wrong is forced.
 */
class Meeting {
  readonly #met = new Map<string, { come(): void; readonly both: Promise<void> }>();

  meet(found: string): Promise<void> {
    const before = this.#met.get(found);
    before?.come();
    if (before) return before.both;
    let come = (): void => undefined;
    const both = new Promise<void>(resolve => (come = resolve));
    this.#met.set(found, { come, both });
    return both;
  }
}

/** A store as one might write it first: it looks whether the version is right, and then it appends. */
function checkingBefore(store: EventStore, meeting: Meeting): EventStore {
  return new CustomEventStore({
    readAll: page => store.readAll(page),
    read: (stream, page) => store.read(stream, page),
    append: async appends => {
      const versions = await Promise.all(appends.map(async ({ stream }) => (await everyPage(store, stream)).length));
      const conflicts = appends
        .map(({ stream, expected }, index) => ({ stream, expected, actual: versions[index]! }))
        .filter(({ expected, actual }) => expected !== actual);
      if (conflicts.length > 0) return { ok: false, conflicts };
      await meeting.meet(versions.join());
      return store.append(appends.map(each => ({ ...each, expected: 'any' })));
    },
  });
}

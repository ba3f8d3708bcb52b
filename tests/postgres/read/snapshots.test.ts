import { Event, Flow, Repository } from '../../../src';
import { snapshotStoreContract } from '../../../src/testing';
import { Account, counter, Deposit, Open, ToldLogger } from '../../domain/snapshots';
import { stream } from '../../support/events';
import { partOptions } from '../../support/stores/part-options';
import { TestSchema } from '../../support/stores/schema';

const schema = new TestSchema(__filename);
const { events, ...options } = partOptions(
  store => store.snapshots,
  () => schema.openApart({ maxConnections: 4 }),
  schema.openAgain,
);
const contract = snapshotStoreContract(options);

test.each(contract.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(), 20_000);

const snapshotOf = (version: number) => ({
  stream: stream('1'),
  version,
  eventId: `${version}`,
  schemaVersion: 1,
  state: '{}',
});

test('two stores save at once: the latest version stays', async () => {
  const stores = [1, 2].map(() => schema.open({ tablePrefix: 'racing_' }));
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => stores[n % 2]!.snapshots.save(snapshotOf(round * 20 + ((n * 7) % 20) + 1))),
    );
    expect((await stores[0]!.snapshots.load(stream('1'), 1))?.version).toBe(round * 20 + 20);
  }
});

test('the clock given dates them', async () => {
  const { snapshots } = schema.open({ tablePrefix: 'clock_', clock: { now: () => Date.UTC(2020, 0, 1) } });
  await snapshots.save(snapshotOf(1));
  expect((await snapshots.load(stream('1'), 1))?.recordedAt).toBe('2020-01-01T00:00:00.000Z');
});

test('a name that no stream can have has no snapshot', async () => {
  const { snapshots } = schema.open({ tablePrefix: 'names_' });
  for (const id of ['\0', '\ud800']) {
    expect(await snapshots.load(stream(id), 1)).toBeUndefined();
    await snapshots.delete(stream(id));
  }
});

test('after close() they are refused, and close() waits for those accepted', async () => {
  const store = schema.open({ tablePrefix: 'closing_' });
  const saving = store.snapshots.save(snapshotOf(1));
  await store.close();
  await saving;
  await expect(store.snapshots.load(stream('1'), 1)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  await expect(store.snapshots.save(snapshotOf(2))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
});

test('a flow on a new store goes on from what an earlier one has left', async () => {
  const first = new Flow({ eventStore: schema.open({ tablePrefix: 'flow_' }), aggregates: [Account] });
  await first.dispatch(new Open('a'));
  for (let n = 1; n <= 6; n++) await first.dispatch(new Deposit('a', n));
  await first.close();

  const eventStore = schema.open({ tablePrefix: 'flow_' });
  const reads: number[] = [];
  const read = eventStore.read.bind(eventStore);
  eventStore.read = (name, page) => {
    reads.push(page?.from ?? 1);
    return read(name, page);
  };
  const second = new Flow({ eventStore, aggregates: [Account] });
  const account = await second.repository(Account).load('a');
  // Only the one read, from the snapshot on; how far that is depends on what had been stored when it was taken.
  expect(reads).toHaveLength(1);
  expect(reads[0]).toBeGreaterThanOrEqual(5);
  const replayed = await new Flow({ eventStore, aggregates: [Account], snapshotStore: false })
    .repository(Account)
    .load('a');
  expect(account.view()).toEqual(replayed.view());
  expect(account.balance).toBe(21);
});

test('two versions of an application at once, as while one replaces the other: no state is wrong, and no damage is reported', async () => {
  const stores = [1, 2].map(() => schema.open({ tablePrefix: 'rolling_' }));
  const logger = new ToldLogger();
  const flows = stores.map((eventStore, index) => {
    const Counter = counter({ every: 3, version: index + 1 });
    const count = {
      creates: 'if-missing' as const,
      decide: (_: unknown, { id, by }: any) => Event({ aggregateId: id, name: 'Counted', payload: { by } }),
    };
    return new Flow({
      eventStore,
      aggregates: [{ ...Counter, commands: new Map([['Count', count]]) }],
      logger,
      cache: index === 1 && {},
    });
  });
  const command = (n: number) => ({ name: 'Count', message: { id: `c${n % 3}`, by: n } });
  for (let n = 0; n < 120; n += 6) {
    await Promise.allSettled([0, 1, 2, 3, 4, 5].map(place => flows[place % 2]!.dispatch(command(n + place))));
  }
  for (const id of ['c0', 'c1', 'c2']) {
    const [replayed, ...others] = await Promise.all([
      new Repository(counter(), stores[0]!).load(id),
      ...[1, 2].map((version, index) =>
        new Repository(counter({ every: 3, version }), stores[index]!, { logger }).load(id),
      ),
    ]);
    for (const other of others) expect([other.version, other.state]).toEqual([replayed.version, replayed.state]);
    expect(replayed.version).toBeGreaterThan(20);
  }
  await Promise.all(flows.map(flow => flow.close()));
  expect(logger.told).toEqual([]);
});

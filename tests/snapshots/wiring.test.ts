import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  defineAggregate,
  Flow,
  InMemoryEventStore,
  Module,
  type SnapshotOptions,
} from 'eventuality';
import { CustomEventStore, InMemorySnapshotStore } from 'eventuality/store-kit';
import { Account, counter, Deposit, Open, ToldLogger } from '../domain/snapshots';

@Module({ components: [Account, counter({ every: 3 })] })
class AccountModule {}

const bare = (): CustomEventStore => {
  const memory = new InMemoryEventStore();
  return new CustomEventStore({ append: memory.append.bind(memory), readAll: memory.readAll.bind(memory) });
};

test('bootstrap tells of aggregates that want snapshots where nothing keeps them, each with its fix', async () => {
  await expect(bootstrap(AccountModule, { eventStore: bare() })).rejects.toMatchObject({
    code: 'WIRING',
    faults: ['Account', 'Counter'].map(
      name =>
        `${name} needs snapshots, but the event store does not store them. Pass a store for them, { snapshotStore: new InMemorySnapshotStore() }, ` +
        'or turn them off: { snapshotStore: false }.',
    ),
  });
});

test('bootstrap is content with a store for them, or with none when told so', async () => {
  const snapshotStore = new InMemorySnapshotStore();
  const stream = { aggregateName: 'Account', aggregateId: 'a' };
  for (const given of [snapshotStore, false] as const) {
    const flow = await bootstrap(AccountModule, { eventStore: bare(), snapshotStore: given });
    await flow.dispatch(new Open('a'));
    for (let n = 1; n < 5; n++) await flow.dispatch(new Deposit('a', n));
    await flow.close();
  }
  expect((await snapshotStore.load(stream, 1))?.version).toBe(5);
  await (await bootstrap(AccountModule)).close();
});

test('a flow refuses a snapshot store that is none', () => {
  const parts = {
    eventStore: new InMemoryEventStore(),
    snapshotStore: { load() {} } as unknown as InMemorySnapshotStore,
  };
  expect(() => new Flow(parts)).toThrow(/snapshotStore has no method save.*\n.*snapshotStore has no method delete/);
});

test.each<[string, unknown, string]>([
  ['no number', { every: '5' }, "snapshot.every is '5'; it must be an integer from 1."],
  ['nothing', { version: 1 }, 'snapshot.every is undefined; it must be an integer from 1.'],
  ['zero', { every: 0 }, 'snapshot.every is 0; it must be an integer from 1.'],
  [
    'a broken version',
    { every: 1, version: 1.5 },
    'snapshot.version is 1.5; it must be an integer from 1 to 2147483647.',
  ],
  [
    'half of a way of its own',
    { every: 1, take: () => ({}) },
    'snapshot needs both of take and restore, as functions, or neither.',
  ],
  [
    'no function to take',
    { every: 1, take: 1, restore: () => undefined },
    'snapshot.take is 1; it must be a function.',
  ],
  [
    'no function to restore',
    { every: 1, take: () => ({}), restore: 1 },
    'snapshot.restore is 1; it must be a function.',
  ],
  ['no options', 100, 'snapshot is 100; it must be an object, such as { every: 100, version: 1 }.'],
  ['null', null, 'snapshot is null; it must be an object, such as { every: 100, version: 1 }.'],
])('the option with %s is a fault of the aggregate', async (_, given, fault) => {
  const snapshot = given as SnapshotOptions;
  @Aggregate('Wrong', { snapshot })
  class Wrong extends AggregateRoot {}
  @Module({ components: [Wrong] })
  class WrongModule {}
  await expect(bootstrap(WrongModule)).rejects.toMatchObject({ faults: [`Wrong: ${fault}`] });
  expect(() => defineAggregate({ name: 'Wrong', state: {}, snapshot })).toThrow(fault);
});

test('a logger given to bootstrap is told about snapshots', async () => {
  const logger = new ToldLogger();
  @Aggregate('Hidden', { snapshot: { every: 1 } })
  class Hidden extends AggregateRoot {
    #secret = 1;
    reveal() {
      return this.#secret;
    }
  }
  @Module({ components: [Hidden] })
  class HiddenModule {}
  await (await bootstrap(HiddenModule, { logger })).close();
  expect(logger.told).toEqual([expect.stringContaining('No snapshot is taken of Hidden: private fields (#secret)')]);
  expect(new Hidden().reveal()).toBe(1);
});

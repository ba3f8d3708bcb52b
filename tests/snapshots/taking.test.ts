import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  EventHandler,
  type EventStore,
  Flow,
  InMemoryEventStore,
  Repository,
} from 'eventuality';
import {
  CustomEventStore,
  InMemorySnapshotStore,
  type NewSnapshot,
  type StreamName,
  type StreamPage,
} from 'eventuality/store-kit';
import { Account, counter, Deposit, Deposited, Open, Opened, ToldLogger } from '../domain/snapshots';

const stream = (aggregateId: string, aggregateName = 'Account'): StreamName => ({ aggregateName, aggregateId });
const settle = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 10));

/** Counts the events that are read. */
class RecordingStore extends InMemoryEventStore {
  eventsRead = 0;

  override async read(name: StreamName, page?: StreamPage) {
    const events = await super.read(name, page);
    this.eventsRead += events.length;
    return events;
  }
}

async function opened(flow: Flow, id: string, deposits: number): Promise<void> {
  await flow.dispatch(new Open(id));
  for (let n = 1; n <= deposits; n++) await flow.dispatch(new Deposit(id, n));
}

describe('a snapshot', () => {
  test('is taken when an append passes a multiple of "every", and not before', async () => {
    const eventStore = new InMemoryEventStore();
    const flow = new Flow({ eventStore, aggregates: [Account] });
    await opened(flow, 'a', 3);
    await flow.repository(Account).drain();
    expect(await eventStore.snapshots.load(stream('a'), 1)).toBeUndefined();
    await flow.dispatch(new Deposit('a', 4));
    await flow.repository(Account).drain();
    const events = await eventStore.read(stream('a'));
    expect(await eventStore.snapshots.load(stream('a'), 1)).toMatchObject({
      version: 5,
      eventId: events[4]!.id,
      schemaVersion: 1,
    });
    await flow.dispatch(new Deposit('a', 5));
    await flow.repository(Account).drain();
    expect((await eventStore.snapshots.load(stream('a'), 1))?.version).toBe(5);
  });

  test('gives the same aggregate as a full replay, with maps, sets, dates and frozen parts', async () => {
    const eventStore = new InMemoryEventStore();
    const flow = new Flow({ eventStore, aggregates: [Account] });
    await opened(flow, 'a', 13);
    await flow.repository(Account).drain();
    const [withSnapshots, without] = [
      new Repository(Account, eventStore),
      new Repository(Account, eventStore, { snapshotStore: false }),
    ];
    expect((await withSnapshots.load('a')).view()).toEqual((await without.load('a')).view());
    expect((await withSnapshots.load('a')).view()).toMatchObject({ version: 14, balance: 91, frozen: true });
  });

  test('spares the events before it: of 10,000 only those after it are read, and the one at its version', async () => {
    const Counter = counter({ every: 100 });
    const store = new RecordingStore();
    const events = [
      { name: 'CounterCreated', payload: { total: 0 } },
      ...Array.from({ length: 9_999 }, () => ({ name: 'Counted', payload: { by: 1 } })),
    ];
    await store.append([{ stream: stream('c', 'Counter'), expected: 'none', events }]);
    const repository = new Repository(Counter, store);
    const loaded = await repository.load('c');
    loaded.count(1);
    await repository.save(loaded);
    await repository.drain();
    await store.append([{ stream: stream('c', 'Counter'), expected: 'any', events: events.slice(1, 8) }]);

    store.eventsRead = 0;
    const again = await repository.load('c');
    expect(again.version).toBe(10_008);
    expect(again.state.total).toBe(10_007);
    expect(store.eventsRead).toBe(8);
  });

  test('spares a cached aggregate everything: what it starts from and what came after are there', async () => {
    const store = new RecordingStore();
    const flow = new Flow({ eventStore: store, aggregates: [Account], cache: {} });
    await opened(flow, 'a', 6);
    await flow.repository(Account).drain();
    await flow.dispatch(new Deposit('a', 7));
    store.eventsRead = 0;
    await flow.dispatch(new Deposit('a', 8));
    expect((await flow.repository(Account).load('a')).balance).toBe(36);
    expect(store.eventsRead).toBe(0);
  });

  test('is taken outside of the command: who dispatches does not wait for it, close() does', async () => {
    const saved: NewSnapshot[] = [];
    let release = (): void => {};
    class SlowStore extends InMemorySnapshotStore {
      override async save(snapshot: NewSnapshot) {
        await new Promise<void>(resolve => (release = resolve));
        saved.push(snapshot);
      }
    }
    const flow = new Flow({
      eventStore: new InMemoryEventStore(),
      snapshotStore: new SlowStore(),
      aggregates: [Account],
    });
    await opened(flow, 'a', 4);
    await settle();
    expect(saved).toEqual([]);
    const closed = flow.close();
    await settle();
    release();
    await closed;
    expect(saved).toHaveLength(1);
  });

  test('is taken one at a time, also when commands go on meanwhile', async () => {
    let [running, most] = [0, 0];
    class CountingStore extends InMemorySnapshotStore {
      override async save(snapshot: NewSnapshot) {
        most = Math.max(most, ++running);
        await settle();
        running -= 1;
        return super.save(snapshot);
      }
    }
    const snapshotStore = new CountingStore();
    const flow = new Flow({ eventStore: new InMemoryEventStore(), snapshotStore, aggregates: [Account] });
    await Promise.all(['a', 'b', 'c'].map(id => opened(flow, id, 20)));
    await flow.close();
    expect(most).toBe(1);
    for (const id of ['a', 'b', 'c'])
      expect((await snapshotStore.load(stream(id), 1))?.version).toBeGreaterThanOrEqual(20);
  });

  test('holds nothing that a handler did to its aggregate beside the event handlers', async () => {
    class Spoil {
      constructor(readonly id: string) {}
    }
    @Aggregate('Spoiled', { snapshot: { every: 1 } })
    class Spoiled extends AggregateRoot<Opened> {
      count = 0;
      @CommandHandler(Spoil, { creates: 'if-missing' })
      spoil() {
        this.count += 100;
        return new Opened('');
      }
      @EventHandler(Opened)
      opened() {
        this.count += 1;
      }
    }
    for (const cache of [false, {}] as const) {
      const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Spoiled], cache });
      for (let n = 1; n <= 3; n++) {
        await flow.dispatch(new Spoil('a'));
        await flow.repository(Spoiled).drain();
      }
      expect((await flow.repository(Spoiled).load('a')).count).toBe(3);
    }
  });

  test('is taken of what a handler across several aggregates has changed', async () => {
    const eventStore = new InMemoryEventStore();
    const commandHandlers = {
      DepositTwice: async ({ ids }: { ids: string[] }, context: { repository: any }) => {
        const accounts = context.repository(Account);
        for (const id of ids) {
          const account = await accounts.load(id);
          for (let n = 1; n <= 4; n++) account.apply(new Deposited(n));
          await accounts.save(account);
        }
      },
    };
    const flow = new Flow({ eventStore, aggregates: [Account], commandHandlers });
    await opened(flow, 'a', 0);
    await opened(flow, 'b', 0);
    await flow.dispatch({ name: 'DepositTwice', message: { ids: ['a', 'b'] } });
    await flow.repository(Account).drain();
    for (const id of ['a', 'b']) expect((await eventStore.snapshots.load(stream(id), 1))?.version).toBe(5);
  });

  test('is forgotten when its aggregate is deleted', async () => {
    const eventStore = new InMemoryEventStore();
    const flow = new Flow({ eventStore, aggregates: [Account] });
    await opened(flow, 'a', 4);
    await flow.repository(Account).drain();
    expect(await eventStore.snapshots.load(stream('a'), 1)).toBeDefined();
    await flow.repository(Account).delete('a');
    await flow.repository(Account).drain();
    expect(await eventStore.snapshots.load(stream('a'), 1)).toBeUndefined();
    expect(await flow.repository(Account).find('a')).toBeNull();
  });
});

describe('failures of the snapshot store', () => {
  const broken = (method: 'load' | 'save' | 'delete') => {
    const store = new InMemorySnapshotStore();
    return Object.assign(store, { [method]: () => Promise.reject(new Error(`no ${method}`)) });
  };

  test.each(['load', 'save'] as const)('go to the logger, never to the command: %s', async method => {
    const logger = new ToldLogger();
    const flow = new Flow({
      eventStore: new InMemoryEventStore(),
      snapshotStore: broken(method),
      aggregates: [Account],
      logger,
    });
    await opened(flow, 'a', 9);
    expect((await flow.repository(Account).load('a')).balance).toBe(45);
    await flow.close();
    expect(logger.told).toContain(
      method === 'load'
        ? 'A snapshot could not be loaded; the events are folded from the first.'
        : 'A snapshot could not be taken.',
    );
  });

  test('a snapshot that could not be saved is taken after the next append', async () => {
    const [logger, snapshotStore] = [new ToldLogger(), new InMemorySnapshotStore()];
    const save = snapshotStore.save;
    snapshotStore.save = () => Promise.reject(new Error('not now'));
    const flow = new Flow({ eventStore: new InMemoryEventStore(), snapshotStore, aggregates: [Account], logger });
    await opened(flow, 'a', 4);
    await flow.repository(Account).drain();
    snapshotStore.save = save;
    await flow.dispatch(new Deposit('a', 5));
    await flow.repository(Account).drain();
    expect((await snapshotStore.load(stream('a'), 1))?.version).toBe(6);
  });

  test('a command that is aborted does not wait for a snapshot', async () => {
    const [logger, waiting] = [new ToldLogger(), new AbortController()];
    const snapshotStore = Object.assign(new InMemorySnapshotStore(), {
      load: (_stream: StreamName, _version: number, { signal }: { signal?: AbortSignal } = {}) =>
        new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    });
    const flow = new Flow({ eventStore: new InMemoryEventStore(), snapshotStore, aggregates: [Account], logger });
    const dispatched = flow.dispatch(new Deposit('a', 1), { signal: waiting.signal });
    await settle();
    waiting.abort(new Error('too late'));
    await expect(dispatched).rejects.toThrow('too late');
    expect(logger.told).toEqual([]);
  });

  test('a store that is closed in the meantime is no failure', async () => {
    const [logger, store] = [new ToldLogger(), new InMemoryEventStore()];
    const repository = new Repository(counter({ every: 1 }), store, { logger });
    await repository.add({ id: 'c', total: 0 });
    await store.close();
    await repository.drain();
    expect(logger.told).toEqual([]);
  });
});

test('a store without snapshots just has none, unless it is given some', async () => {
  const memory = new InMemoryEventStore();
  const parts = { append: memory.append.bind(memory), readAll: memory.readAll.bind(memory) };
  const plain: EventStore = new CustomEventStore(parts);
  expect(plain.snapshots).toBeUndefined();
  const flow = new Flow({ eventStore: plain, aggregates: [Account] });
  await opened(flow, 'a', 9);
  expect((await flow.repository(Account).load('a')).version).toBe(10);
  await flow.close();

  const snapshots = new InMemorySnapshotStore();
  const given: EventStore = new CustomEventStore({ ...parts, snapshots });
  const other = new Flow({ eventStore: given, aggregates: [Account] });
  await opened(other, 'b', 4);
  await other.close();
  expect((await snapshots.load(stream('b'), 1))?.version).toBe(5);
});

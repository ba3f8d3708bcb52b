import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  defineAggregate,
  Event,
  EventHandler,
  Flow,
  InMemoryEventStore,
  newId,
  Repository,
} from 'eventuality';
import { InMemorySnapshotStore, type NewSnapshot, type Snapshot } from 'eventuality/store-kit';
import type { RepositoryOptions } from '../../src/repository';
import { counter, ToldLogger } from '../domain/snapshots';

const stream = { aggregateName: 'Counter', aggregateId: 'c' };

/** A store with a counter of ten events, all of them 1. */
async function counted(version = 1): Promise<InMemoryEventStore> {
  const store = new InMemoryEventStore();
  const repository = new Repository(counter({ every: 5, version }), store);
  await repository.add({ id: 'c', total: 0 });
  const loaded = await repository.load('c');
  for (let n = 1; n < 10; n++) {
    loaded.count(1);
    await repository.save(loaded);
  }
  await repository.drain();
  return store;
}

const kept = (store: InMemoryEventStore, schemaVersion = 1): Promise<Snapshot | undefined> =>
  store.snapshots.load(stream, schemaVersion);

async function totalOf(store: InMemoryEventStore, options: RepositoryOptions = {}, version = 1) {
  const { state, version: at } = await new Repository(counter({ every: 5, version }), store, options).load('c');
  return [state.total, at];
}

/** Replaces the snapshot, whatever its version. */
async function replace(store: InMemoryEventStore, change: (snapshot: Snapshot) => NewSnapshot): Promise<void> {
  const snapshot = change((await kept(store))!);
  await store.snapshots.delete(stream);
  await store.snapshots.save(snapshot);
}

/** The snapshot with another total in it: a load that returns that total has used the snapshot. */
const marked = (snapshot: Snapshot): NewSnapshot => ({
  ...snapshot,
  state: snapshot.state.replace(/"total":\d+/, '"total":1000'),
});

test('a snapshot of this version, of these events, is used', async () => {
  const store = await counted();
  expect(await totalOf(store)).toEqual([9, 10]);
  await replace(store, marked);
  expect(await totalOf(store)).toEqual([1000, 10]);
});

test('a snapshot of another version is not used, and replaced after the next append', async () => {
  const store = await counted();
  await replace(store, marked);
  const repository = new Repository(counter({ every: 5, version: 2 }), store);
  const loaded = await repository.load('c');
  expect(loaded.state.total).toBe(9);
  loaded.count(1);
  await repository.save(loaded);
  await repository.drain();
  expect(await kept(store, 2)).toMatchObject({ version: 11, schemaVersion: 2 });
  expect(await totalOf(store, {}, 2)).toEqual([10, 11]);
  expect(await totalOf(store)).toEqual([10, 11]);
});

describe('a damaged snapshot', () => {
  const damages: Readonly<Record<string, (text: string) => string>> = {
    'is no JSON': text => text.slice(0, -5),
    'is empty': () => '',
    'is null': () => 'null',
    'is a list': () => '[]',
    'has no state': text => JSON.stringify({ fields: JSON.parse(text).fields }),
    'has a state that is not an object': text => JSON.stringify({ ...JSON.parse(text), state: 7 }),
    'has a state that is a list': text => JSON.stringify({ ...JSON.parse(text), state: [1] }),
    'has a state that is a map': text => JSON.stringify({ ...JSON.parse(text), state: { $: 'Map', of: [] } }),
    'has a value of an unknown kind': text =>
      JSON.stringify({ ...JSON.parse(text), state: { total: { $: 'Decimal', of: '1' }, seen: [] } }),
    'has a state that began with other fields': text => JSON.stringify({ ...JSON.parse(text), fields: ['total'] }),
    'does not say with which fields its state began': text => JSON.stringify({ state: JSON.parse(text).state }),
  };

  test.each(Object.entries(damages))('that %s is told of and not used, and forgotten', async (_, damage) => {
    for (const cache of [false, {}] as const) {
      const store = await counted();
      await replace(store, snapshot => ({ ...snapshot, state: damage(snapshot.state) }));
      const logger = new ToldLogger();
      expect(await totalOf(store, { logger, cache })).toEqual([9, 10]);
      expect(logger.told).toEqual([
        'The snapshot as of version 10 is not used: it cannot be read. The events are folded from the first.',
      ]);
      expect(logger.errors[0]).toBeInstanceOf(Error);
      expect(await kept(store)).toBeUndefined();
    }
  });

  test.each([0, -1, 1.5, Number.NaN])('with the version %d is not used', async version => {
    const store = await counted();
    const snapshotStore = Object.assign(new InMemorySnapshotStore(), {
      load: async () => ({ ...marked((await kept(store))!), version }) as Snapshot,
    });
    expect(await totalOf(store, { snapshotStore, logger: new ToldLogger() })).toEqual([9, 10]);
  });
});

describe('a snapshot of other events', () => {
  test('is not used when it goes beyond the end of the stream, as after a backup was restored', async () => {
    const whole = await counted();
    const events = await whole.readAll();
    const restored = new InMemoryEventStore({ events: events.slice(0, 7) });
    const logger = new ToldLogger();
    const repository = new Repository(counter({ every: 5 }), restored, { snapshotStore: whole.snapshots, logger });
    expect((await repository.load('c')).state.total).toBe(6);
    expect(logger.told).toEqual([
      'The snapshot as of version 10 is not used: it is not of these events, as after a backup was restored. The events are folded from the first.',
    ]);
  });

  test('is not used either when the stream has grown past it again, with other events', async () => {
    const whole = await counted();
    const snapshot = (await kept(whole))!;
    const restored = new InMemoryEventStore({ events: (await whole.readAll()).slice(0, 7) });
    const events = Array.from({ length: 5 }, () => ({ id: newId(), name: 'Counted', payload: { by: 100 } }));
    await restored.append([{ stream, expected: 7, events }]);
    await restored.snapshots.save(snapshot);
    const options = { logger: new ToldLogger() };
    expect(await totalOf(restored, options)).toEqual([506, 12]);
    expect(await totalOf(restored, { ...options, snapshotStore: false })).toEqual([506, 12]);
  });
});

test('a class that has got another field since, without another version, is folded from its first event', async () => {
  const make = (state: object) =>
    defineAggregate({
      name: 'Grown',
      state,
      snapshot: { every: 1 },
      on: { Counted: (current: any) => ({ ...current, more: 1 }) },
    });
  const [store, logger] = [new InMemoryEventStore(), new ToldLogger()];
  const before = new Repository(make({ total: 0 }), store);
  await before.add({ id: 'c' });
  await before.drain();
  const after = new Repository(make({ total: 0, more: 7 }), store, { logger });
  expect((await after.load('c')).state).toEqual({ total: 0, more: 7 });
  expect(logger.errors[0]).toMatchObject({ message: expect.stringContaining('[total]; now these are [total,more]') });
});

class Go {
  constructor(readonly id: string) {}
}
class Went {
  constructor(readonly by = 1) {}
}

describe('an aggregate whose state cannot be kept', () => {
  @Aggregate('Private', { snapshot: { every: 1 } })
  class Private extends AggregateRoot<Went> {
    #count = 0;
    @CommandHandler(Go, { creates: 'if-missing' })
    go() {
      return new Went();
    }
    @EventHandler(Went)
    went({ by }: Went) {
      this.#count += by;
    }
    get count() {
      return this.#count;
    }
  }

  test('because of private fields has no snapshots, and the logger is told once, at the start', async () => {
    const [eventStore, logger] = [new InMemoryEventStore(), new ToldLogger()];
    const flow = new Flow({ eventStore, aggregates: [Private], logger });
    for (const id of ['a', 'a', 'b']) await flow.dispatch(new Go(id));
    await flow.repository(Private).drain();
    expect(logger.told).toEqual([
      'No snapshot is taken of Private: private fields (#count) cannot be seen from outside. ' +
        'Define how to store it: { snapshot: { every, version, take: state => data, restore: (state, data) => ... } }.',
    ]);
    expect(logger.errors[0]).toMatchObject({ code: 'SNAPSHOT_REFUSED', aggregateName: 'Private' });
    expect(await eventStore.snapshots.load({ aggregateName: 'Private', aggregateId: 'a' }, 1)).toBeUndefined();
    expect((await flow.repository(Private).load('a')).count).toBe(2);
  });

  test.each([
    ['a comment', '/** #level (in litres) */', 'this.#level'],
    ['a text', "label = 'the #level (in litres)';", 'this.#level'],
    ['a comment within', '', 'this./* x */#level'],
  ])('because of a private field that %s hides from a search of the text has none either', async (_, before, field) => {
    const body = `${before} #level = 0; get level() { return ${field}; } fill({ by }) { ${field} += by; }`;
    const Filled: new () => AggregateRoot<Went> & { level: number } = new Function(
      'Root',
      `return class extends Root { ${body} }`,
    )(AggregateRoot);
    Aggregate('Vault', { snapshot: { every: 1 } })(Filled as never, undefined as never);
    EventHandler(Went)(Filled.prototype as never, 'fill' as never, {} as never);
    const eventStore = new InMemoryEventStore();
    const stream = { aggregateName: 'Vault', aggregateId: 'v' };
    await eventStore.append([{ stream, expected: 'none', events: [{ name: 'Went', payload: { by: 5 } }] }]);
    const logger = new ToldLogger();
    const vaults = new Repository(Filled, eventStore, { logger });
    expect((await vaults.load('v')).level).toBe(5);
    await vaults.drain();
    expect(logger.told).toEqual([expect.stringContaining('private fields (#level) cannot be seen')]);
    expect(await eventStore.snapshots.load(stream, 1)).toBeUndefined();
    expect((await vaults.load('v')).level).toBe(5);
  });

  class Money {
    constructor(readonly cents: number) {}
  }
  @Aggregate('Purse', { snapshot: { every: 2 } })
  class Purse extends AggregateRoot<Went> {
    money = new Money(0);
    @CommandHandler(Go, { creates: 'if-missing' })
    go() {
      return new Went();
    }
    @EventHandler(Went)
    went() {
      this.money = new Money(this.money.cents + 1);
    }
  }

  test('because of a value has no snapshots, and the logger is told once, with its place', async () => {
    const [eventStore, logger] = [new InMemoryEventStore(), new ToldLogger()];
    const flow = new Flow({ eventStore, aggregates: [Purse], logger });
    for (const id of ['a', 'a', 'a', 'a', 'b', 'b']) {
      await flow.dispatch(new Go(id));
      await flow.repository(Purse).drain();
    }
    expect(logger.told).toEqual([
      expect.stringMatching(/^No snapshot is taken of Purse 'a': money is an instance of Money\. /),
    ]);
    expect((await flow.repository(Purse).load('a')).money).toEqual(new Money(4));
  });
});

describe('an aggregate with a way of its own', () => {
  const account = (
    restore: (aggregate: any, data: any) => any,
    take = (aggregate: any): object => aggregate.toData(),
  ) => {
    @Aggregate('Own', { snapshot: { every: 1, take, restore } })
    class Own extends AggregateRoot<Went> {
      #count = 0;
      visible = 0;
      readonly log = () => this.#count;
      @CommandHandler(Go, { creates: 'if-missing' })
      go() {
        return new Went();
      }
      @EventHandler(Went)
      went({ by }: Went) {
        this.#count += by;
        this.visible += by;
      }
      toData() {
        return { id: this.id, version: this.version, count: this.#count, at: new Date(this.#count) };
      }
      fromData({ count }: { count: number }) {
        this.#count = count;
        this.visible = count;
      }
      forget({ count }: { count: number }) {
        this.#count = count;
      }
      half() {
        this.visible = 1;
      }
    }
    return Own;
  };

  async function run(type: ReturnType<typeof account>) {
    const [eventStore, logger] = [new InMemoryEventStore(), new ToldLogger()];
    const flow = new Flow({ eventStore, aggregates: [type], logger });
    for (let n = 0; n < 3; n++) {
      await flow.dispatch(new Go('a'));
      await flow.repository(type).drain();
    }
    const snapshot = await eventStore.snapshots.load({ aggregateName: 'Own', aggregateId: 'a' }, 1);
    return { logger, snapshot, loaded: await flow.repository(type).load('a') };
  }

  test('is kept with its private fields, its id and version at hand', async () => {
    const { logger, snapshot, loaded } = await run(account((own, data) => own.fromData(data)));
    expect(logger.told).toEqual([]);
    expect(snapshot?.version).toBe(3);
    expect(loaded.toData()).toMatchObject({ id: 'a', version: 3, count: 3 });
    expect([loaded.visible, loaded.log()]).toEqual([3, 3]);
  });

  test.each([
    ['forgets a field that can be seen', (own: any, data: any) => own.forget(data), undefined, 'has another state'],
    ['does not give back what it took', (own: any) => own.half(), undefined, 'has another state'],
    ['throws when it takes', () => {}, () => JSON.parse('no'), 'taking it fails: SyntaxError'],
    ['throws when it restores', () => JSON.parse('no'), undefined, 'cannot be restored: SyntaxError'],
    ['restores later', async (own: any, data: any) => own.fromData(data), undefined, 'is not an object'],
    ['takes what cannot be kept', () => {}, () => ({ go: () => 1 }), 'go is a function'],
    ['takes no object', () => {}, () => 7 as unknown as object, 'cannot be restored'],
  ])('that %s has no snapshot, and never a wrong state', async (_, restore, take, reason) => {
    const { logger, snapshot, loaded } = await run(account(restore, take));
    expect(snapshot).toBeUndefined();
    expect(logger.told).toHaveLength(1);
    expect(logger.told[0]).toContain(reason);
    expect(loaded.toData()).toMatchObject({ count: 3 });
  });
});

test('a plain aggregate can restore by returning another state', async () => {
  const Stack = defineAggregate({
    name: 'Stack',
    state: { items: [] as number[] },
    snapshot: {
      every: 2,
      take: ({ items }) => ({ text: items.join() }),
      restore: (_, { text }) => ({ items: text.split(',').map(Number) }),
    },
    methods: {
      push(item: number) {
        return Event({ aggregateId: this.id, name: 'Pushed', payload: { item } });
      },
    },
    on: { Pushed: (state, { payload }) => ({ items: [...state.items, payload.item] }) },
  });
  const store = new InMemoryEventStore();
  const repository = new Repository(Stack, store);
  await repository.add({ id: 's' });
  for (let n = 1; n <= 4; n++) {
    const stack = await repository.load('s');
    stack.push(n);
    await repository.save(stack);
    await repository.drain();
  }
  expect((await store.snapshots.load({ aggregateName: 'Stack', aggregateId: 's' }, 1))?.version).toBe(4);
  expect((await new Repository(Stack, store).load('s')).state).toEqual({ items: [1, 2, 3, 4] });
});

test('state that events have left frozen stays so: what a full replay would refuse is refused', async () => {
  const Tagged = defineAggregate({
    name: 'Tagged',
    state: { tags: [] as string[] },
    snapshot: { every: 2 },
    on: {
      Set(state, { payload }) {
        state.tags = payload.tags;
      },
      Add: (state, { payload }) => void state.tags.push(payload.tag),
    },
    commands: {
      Set: {
        creates: 'if-missing',
        decide: (_, { id, tags }) => Event({ aggregateId: id, name: 'Set', payload: { tags } }),
      },
      Add: (_, { id, tag }) => Event({ aggregateId: id, name: 'Add', payload: { tag } }),
    },
  });
  for (const snapshotStore of [undefined, false] as const) {
    const parts = { eventStore: new InMemoryEventStore(), aggregates: [Tagged] };
    const flow = new Flow(snapshotStore === undefined ? parts : { ...parts, snapshotStore });
    for (const tags of [['a'], ['b'], ['c']]) await flow.dispatch({ name: 'Set', message: { id: 't', tags } });
    await flow.repository(Tagged).drain();
    await expect(flow.dispatch({ name: 'Add', message: { id: 't', tag: 'd' } })).rejects.toThrow(TypeError);
  }
});

test('a cached aggregate goes on from its snapshot, and never from what a handler did to it', async () => {
  const store = await counted();
  let reads = 0;
  const read = store.read.bind(store);
  store.read = (name, page) => {
    reads += 1;
    return read(name, page);
  };
  const repository = new Repository(counter({ every: 5 }), store, { cache: {} });
  const first = await repository.load('c');
  (first.state as { total: number }).total = -1;
  first.state.seen.length = 0;
  const second = await repository.load('c');
  expect(second.state.total).toBe(9);
  expect(second.state.seen).toHaveLength(9);
  expect(reads).toBe(2);
});

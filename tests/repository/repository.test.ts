import {
  Aggregate,
  AggregateRoot,
  defineAggregate,
  Event,
  EventHandler,
  InMemoryEventStore,
  Repository,
} from 'eventuality';
import { Todo } from '../domain/todo';

class Opened {
  constructor(readonly owner: string) {}
}
class Deposited {
  constructor(readonly amount: number) {}
}

@Aggregate('Account')
class Account extends AggregateRoot<Opened | Deposited> {
  balance = 0;
  owner = '';

  open(owner: string): this {
    this.apply(new Opened(owner));
    return this;
  }

  deposit(amount: number): this {
    this.apply(new Deposited(amount));
    return this;
  }

  @EventHandler(Opened)
  opened({ owner }: Opened) {
    this.owner = owner;
  }

  @EventHandler(Deposited)
  deposited({ amount }: Deposited) {
    this.balance += amount;
  }
}

const Counter = defineAggregate({
  name: 'Counter',
  state: { total: 0, labels: [] as string[] },
  idGenerator: () => 'generated',
  methods: {
    count(by: number) {
      return Event({ aggregateId: this.id, name: 'Counted', payload: { by } });
    },
    async countLater(by: number) {
      return [
        Event({ aggregateId: this.id, name: 'Counted', payload: { by } }),
        Event({ aggregateId: this.id, name: 'Counted', payload: { by } }),
      ];
    },
    reset() {
      return Event({ aggregateId: this.id, name: 'Reset', payload: {}, state: { total: 0, labels: ['reset'] } });
    },
    nothing() {
      return undefined;
    },
  },
  on: {
    Counted(state, { payload }) {
      state.total += payload.by;
    },
  },
});

describe.each([
  ['without a cache', false as const],
  ['with a cache', { max: 2, maxEvents: 5 }],
])('a repository of a class, %s', (_, cache) => {
  const accounts = (store = new InMemoryEventStore()) => new Repository(Account, store, { cache });

  test('adds, loads and saves', async () => {
    const repository = accounts();
    const recorded = await repository.add(new Account('a').open('ann').deposit(5));
    expect(recorded.map(({ name, version }) => [name, version])).toEqual([
      ['Opened', 1],
      ['Deposited', 2],
    ]);
    const account = await repository.load('a');
    expect([account.id, account.version, account.owner, account.balance]).toEqual(['a', 2, 'ann', 5]);
    await repository.save(account.deposit(7));
    expect([account.version, account.balance]).toEqual([3, 12]);
    await repository.save(account.deposit(1));
    expect(await repository.load('a')).toMatchObject({ balance: 13, version: 4 });
  });

  test('saves nothing where nothing was applied', async () => {
    const repository = accounts();
    await repository.add(new Account('a').open('ann'));
    expect(await repository.save(await repository.load('a'))).toEqual([]);
  });

  test('rejects a missing aggregate on load, and finds null', async () => {
    await expect(accounts().load('a')).rejects.toMatchObject({
      code: 'AGGREGATE_NOT_FOUND',
      aggregateName: 'Account',
      aggregateId: 'a',
    });
    expect(await accounts().find('a')).toBeNull();
  });

  test('refuses to save over newer events, and keeps the changes', async () => {
    const repository = accounts();
    await repository.add(new Account('a').open('ann'));
    const [mine, theirs] = [await repository.load('a'), await repository.load('a')];
    await repository.save(theirs.deposit(1));
    await expect(repository.save(mine.deposit(2).deposit(3))).rejects.toMatchObject({
      code: 'CONCURRENCY',
      expected: 1,
      actual: 2,
    });
    expect(await repository.load('a')).toMatchObject({ balance: 1, version: 2 });
  });

  test('hands out aggregates that share nothing', async () => {
    const repository = accounts();
    await repository.add(new Account('a').open('ann'));
    (await repository.load('a')).deposit(100);
    expect((await repository.load('a')).balance).toBe(0);
  });

  test('deletes: afterwards the aggregate is not found, its events stay, its id is not used again', async () => {
    const store = new InMemoryEventStore();
    const repository = accounts(store);
    await repository.add(new Account('a').open('ann'));
    const [deleted] = await repository.delete('a');
    expect(deleted).toMatchObject({ name: 'AccountDeleted', version: 2, marks: { deleted: true } });
    expect(deleted!.metadata).toEqual({
      correlationId: expect.any(String),
      causationId: expect.any(String),
      commandName: 'Account.delete',
    });
    expect(await repository.find('a')).toBeNull();
    await expect(repository.load('a')).rejects.toThrow("Account 'a' was deleted");
    await expect(repository.delete('a')).rejects.toMatchObject({ code: 'AGGREGATE_NOT_FOUND' });
    await expect(repository.add(new Account('a').open('bob'))).rejects.toMatchObject({
      code: 'AGGREGATE_ALREADY_EXISTS',
    });
    expect(await store.read({ aggregateName: 'Account', aggregateId: 'a' })).toHaveLength(2);
  });

  test('refuses what is not its own', async () => {
    const repository = accounts();
    await expect(repository.save(new Todo('t') as never)).rejects.toMatchObject({ code: 'FOREIGN_AGGREGATE' });
    await expect(repository.save({} as never)).rejects.toMatchObject({ code: 'FOREIGN_AGGREGATE' });
    await expect(repository.add({ owner: 'ann' } as never)).rejects.toMatchObject({ code: 'FOREIGN_AGGREGATE' });
    await expect(repository.add(new Account().open('ann'))).rejects.toMatchObject({ code: 'MISSING_AGGREGATE_ID' });
    await expect(repository.load('')).rejects.toMatchObject({ code: 'MISSING_AGGREGATE_ID' });
    await expect(repository.load(undefined as never)).rejects.toMatchObject({ code: 'MISSING_AGGREGATE_ID' });
  });

  test('loads a stream of several pages', async () => {
    const repository = accounts();
    const account = new Account('a').open('ann');
    for (let each = 0; each < 2500; each++) account.deposit(1);
    await repository.add(account);
    expect(await repository.load('a')).toMatchObject({ balance: 2500, version: 2501 });
  });

  test('loads many aggregates alternately, as they are now', async () => {
    const store = new InMemoryEventStore();
    const [here, there] = [accounts(store), accounts(store)];
    for (const id of ['a', 'b', 'c', 'd']) await here.add(new Account(id).open(id));
    for (let round = 1; round <= 5; round++) {
      for (const id of ['a', 'b', 'c', 'd']) {
        await there.save((await there.load(id)).deposit(1));
        expect(await here.load(id)).toMatchObject({ owner: id, balance: round });
      }
    }
  });
});

describe('a repository of a plain aggregate', () => {
  const counters = () => new Repository(Counter, new InMemoryEventStore());

  test('makes an id, or takes the one given', async () => {
    const repository = counters();
    expect(await repository.add({ total: 1 })).toMatchObject([
      { aggregateId: 'generated', name: 'CounterCreated', payload: { total: 1 } },
    ]);
    expect(await repository.add({ id: 'given' })).toMatchObject([{ aggregateId: 'given', payload: {} }]);
    expect((await repository.load('generated')).state).toEqual({ total: 1, labels: [] });
  });

  test('says clearly that an id is missing', async () => {
    const Nameless = defineAggregate({ name: 'Nameless', state: {}, idGenerator: () => undefined as never });
    const error = await new Repository(Nameless, new InMemoryEventStore()).add({}).catch(failure => failure);
    expect(error).toMatchObject({ code: 'MISSING_AGGREGATE_ID' });
    expect(error.message).toContain('does not name a Nameless: the id is undefined');
  });

  test('records what methods return, at once or later, and what carries a state', async () => {
    const repository = counters();
    await repository.add({ id: 'c' });
    const counter = await repository.load('c');
    expect(counter.count(2)).toMatchObject([{ name: 'Counted', payload: { by: 2 } }]);
    await counter.countLater(3);
    expect(counter.nothing()).toEqual([]);
    expect(counter.state.total).toBe(8);
    await repository.save(counter);
    expect(await repository.load('c')).toMatchObject({ id: 'c', version: 4, state: { total: 8 } });
    counter.reset();
    const [reset] = await repository.save(counter);
    expect(reset!.marks).toEqual({ state: { total: 0, labels: ['reset'] } });
    expect(reset!.metadata).not.toHaveProperty('state');
    expect((await repository.load('c')).state).toEqual({ total: 0, labels: ['reset'] });
  });

  test('never shares a state between aggregates', async () => {
    const repository = counters();
    await repository.add({ id: 'a' });
    await repository.add({ id: 'b' });
    const [a, b] = [await repository.load('a'), await repository.load('b')];
    (a.state.labels as string[]).push('mine');
    expect(b.state.labels).toEqual([]);
    expect((await repository.load('a')).state.labels).toEqual([]);
  });

  test('is refused with all its faults', () => {
    const define = () =>
      defineAggregate({
        name: '',
        state: 7 as never,
        methods: { id: () => [], broken: 1 as never },
        on: { X: 2 as never },
        commands: { Y: {} as never },
      });
    const faults = ['name is', 'state is 7', 'methods.id would hide', 'methods.broken', 'on.X', 'commands.Y'].map(
      start => expect.stringContaining(start),
    );
    expect(define).toThrow(expect.objectContaining({ code: 'INVALID_AGGREGATE', faults }));
  });
});

describe('a repository of a class that is declared wrongly', () => {
  test('refuses it, naming what is missing', () => {
    class Bare extends AggregateRoot {}
    class NoRoot {}
    expect(() => new Repository(Bare, new InMemoryEventStore())).toThrow(
      "Bare is not marked as an aggregate. Write @Aggregate('Bare') above the class.",
    );
    expect(() => new Repository(NoRoot as never, new InMemoryEventStore())).toThrow(
      expect.objectContaining({ faults: [expect.any(String), 'NoRoot does not extend AggregateRoot.'] }),
    );
  });
});

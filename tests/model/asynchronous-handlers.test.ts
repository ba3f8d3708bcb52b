import 'reflect-metadata';
import {
  Aggregate,
  type AggregateDefinition,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  defineAggregate,
  EventHandler,
  Flow,
  InMemoryEventStore,
  Module,
  Repository,
} from 'eventuality';

class Deposit {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}
class Withdraw extends Deposit {}
class Deposited {
  constructor(readonly cents: number) {}
}
class Withdrawn extends Deposited {}

const pause = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
const FIX = 'State changes synchronously: await in the command handler, and put the result into the event.';

@Aggregate('Account')
class Account extends AggregateRoot<Deposited | Withdrawn> {
  cents = 0;

  @CommandHandler(Deposit, { creates: 'if-missing' })
  deposit({ cents }: Deposit) {
    return new Deposited(cents);
  }

  @CommandHandler(Withdraw)
  withdraw({ cents }: Withdraw) {
    if (cents > this.cents) throw new Error(`has ${this.cents}`);
    return new Withdrawn(cents);
  }

  // As a compiler for older targets leaves an async method: nothing but what it returns shows it.
  @EventHandler(Deposited)
  deposited({ cents }: Deposited): unknown {
    return pause().then(() => {
      this.cents += cents;
    });
  }
}

describe('an event handler of an aggregate that returns a promise', () => {
  test('is refused when the promise is seen, by its name, and nothing is stored', async () => {
    const eventStore = new InMemoryEventStore();
    const flow = new Flow({ eventStore, aggregates: [Account] });
    await expect(flow.dispatch(new Deposit('a', 100))).rejects.toMatchObject({
      code: 'INVALID_AGGREGATE',
      message: `Account cannot be used as an aggregate: Account.deposited returns a promise. ${FIX}`,
    });
    expect(await eventStore.readAll()).toEqual([]);
  });

  test('is refused when stored events are folded, by commands and by repositories', async () => {
    const eventStore = new InMemoryEventStore();
    const stream = { aggregateName: 'Account', aggregateId: 'a' };
    await eventStore.append([{ stream, expected: 'none', events: [{ name: 'Deposited', payload: { cents: 100 } }] }]);
    const flow = new Flow({ eventStore, aggregates: [Account] });
    await expect(flow.dispatch(new Withdraw('a', 60))).rejects.toThrow('Account.deposited returns a promise');
    await expect(new Repository(Account, eventStore).load('a')).rejects.toThrow('Account.deposited returns a promise');
  });

  test('does not end the process when the promise is rejected', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const Failing = defineAggregate({
      name: 'Failing',
      state: {},
      commands: { Go: { creates: true, decide: () => new Deposited(1) } },
      on: { Deposited: (() => Promise.reject(new Error('later'))) as never },
    });
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Failing] });
    await expect(flow.dispatch({ name: 'Go', message: { id: 'a' } })).rejects.toThrow('on.Deposited returns a promise');
    await pause();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

test('async functions and generators are refused at start, all of them, where their kind shows it', async () => {
  @Aggregate('Purse')
  class Purse extends AggregateRoot<Deposited | Withdrawn> {
    @EventHandler(Deposited)
    async deposited() {}

    @EventHandler(Withdrawn)
    *withdrawn() {}
  }
  @Module({ components: [Purse] })
  class PurseModule {}
  await expect(bootstrap(PurseModule)).rejects.toMatchObject({
    code: 'WIRING',
    faults: [`Purse.deposited is an async function. ${FIX}`, `Purse.withdrawn is a generator. ${FIX}`],
  });
  expect(() => new Repository(Purse, new InMemoryEventStore())).toThrow('Purse.deposited is an async function');
  const handlers = { Deposited: async () => {}, Withdrawn: async function* () {} };
  const define = () => defineAggregate({ name: 'Plain', state: (async () => ({})) as never, on: handlers as never });
  expect(define).toThrow(`state is an async function. ${FIX}`);
  expect(define).toThrow(`on.Deposited is an async function. ${FIX}`);
  expect(define).toThrow(`on.Withdrawn is an async generator. ${FIX}`);
});

describe('a promise for the state is refused', () => {
  const stream = { aggregateName: 'Plain', aggregateId: 'a' };
  const deposited = { name: 'Deposited', payload: { cents: 100 } };

  test.each<[string, AggregateDefinition]>([
    ['The initial state', defineAggregate({ name: 'Plain', state: () => Promise.resolve({ cents: 0 }) })],
    [
      'on.Deposited',
      defineAggregate({ name: 'Plain', state: {}, on: { Deposited: (() => Promise.resolve({ cents: 1 })) as never } }),
    ],
    ['evolve', { ...defineAggregate({ name: 'Plain', state: {} }), evolve: () => Promise.resolve({ cents: 1 }) }],
  ])('%s', async (place, definition) => {
    const store = new InMemoryEventStore();
    await store.append([{ stream, expected: 'none', events: [deposited] }]);
    await expect(new Repository(definition, store).load('a')).rejects.toThrow(`${place} returns a promise`);
  });

  test('a state that is replaced, or changed, is none', async () => {
    const store = new InMemoryEventStore();
    await store.append([{ stream, expected: 'none', events: [deposited, deposited] }]);
    const Replaced = defineAggregate({
      name: 'Plain',
      state: { cents: 0 },
      on: { Deposited: ({ cents }, { payload }) => ({ cents: cents + payload.cents }) },
    });
    expect((await new Repository(Replaced, store).load('a')).state).toEqual({ cents: 200 });
  });
});

import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  CommandIdReusedError,
  defineAggregate,
  defineReactor,
  Event,
  EventHandler,
  Flow,
  InMemoryEventStore,
  Repository,
} from 'eventuality';
import { SILENT as quiet } from '../support/logger';

class OpenAccount {
  constructor(readonly id: string) {}
}
class Deposit {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}
class Opened {}
class Deposited {
  constructor(readonly cents: number) {}
}

@Aggregate('Account')
class Account extends AggregateRoot<Opened | Deposited> {
  cents = 0;

  @CommandHandler(OpenAccount, { creates: true })
  open() {
    return new Opened();
  }

  // #region handler-retry
  @CommandHandler(Deposit, { retry: { attempts: 50, maxDelay: 500 } })
  deposit({ cents }: Deposit) {
    return new Deposited(cents);
  }
  // #endregion handler-retry

  @EventHandler(Deposited)
  deposited({ cents }: Deposited) {
    this.cents += cents;
  }
}

test('the page about commands: ids', async () => {
  const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Account] });
  await flow.dispatch(new OpenAccount('ann'));
  // #region ids
  const first = await flow.dispatch(new Deposit('ann', 500), { commandId: 'payment-17' });
  const again = await flow.dispatch(new Deposit('ann', 500), { commandId: 'payment-17' }); // the first outcome; nothing happens
  const other = flow.dispatch(new Deposit('ann', 999), { commandId: 'payment-17' }); // CommandIdReusedError
  // #endregion ids
  expect(again).toEqual(first);
  await expect(other).rejects.toBeInstanceOf(CommandIdReusedError);
  expect((await flow.repository(Account).load('ann')).cents).toBe(500);
  await flow.close();
});

test('the page about commands: what a reactor dispatches', async () => {
  const eventStore = new InMemoryEventStore();
  let failures = 1;
  const look = (): void => {
    if (failures-- > 0) throw new Error('the network is down');
  };
  const welcome = 100;
  // #region reactor
  const gift = defineReactor({
    name: 'gift',
    on: {
      async Opened(_, { event, dispatch }) {
        await dispatch(new Deposit(event.aggregateId, welcome)); // the same command each time: takes effect once
        look(); // may throw: then the handler runs again
      },
    },
  });
  // #endregion reactor
  const flow = new Flow({ eventStore, aggregates: [Account], processors: [gift], logger: quiet });
  await flow.processors.ready();
  await flow.dispatch(new OpenAccount('ann'));
  await flow.processors.settled();
  expect((await flow.repository(Account).load('ann')).cents).toBe(100);
  expect(failures).toBe(-1);
  await flow.close();
});

test('the page about commands: retries', async () => {
  const eventStore = new InMemoryEventStore();
  // #region retry
  const flow = new Flow({ eventStore, aggregates: [Account], retry: { attempts: 10, delay: 5, maxDelay: 200 } });
  await flow.dispatch(new OpenAccount('ann'), { retry: { attempts: 1 } }); // this one is not retried
  // #endregion retry
  expect((await flow.dispatch(new Deposit('ann', 1))).version).toBe(2);
  await flow.close();
});

test('the page about commands: what a handler function returns', async () => {
  const eventStore = new InMemoryEventStore();
  const Todo = defineAggregate({
    name: 'Todo',
    state: { completed: false },
    methods: {
      complete() {
        return this.state.completed ? [] : Event({ aggregateId: this.id, name: 'TodoCompleted', payload: {} });
      },
    },
    on: { TodoCompleted: () => ({ completed: true }) },
  });
  // #region returned
  const todos = new Repository(Todo, eventStore);
  const flow = new Flow({
    eventStore,
    commandHandlers: {
      CreateTodo: attributes => todos.add(attributes),
      CompleteTodo: async ({ id }) => (await todos.load(id)).complete(), // what the action returned is appended
      CompleteBoth: async ({ ids }) => [(await todos.load(ids[0])).complete(), (await todos.load(ids[1])).complete()],
    },
  });
  // #endregion returned
  for (const id of ['1', '2']) await flow.dispatch({ name: 'CreateTodo', message: { id } });
  expect((await flow.dispatch({ name: 'CompleteTodo', message: { id: '1' } })).version).toBe(2);
  expect((await flow.dispatch({ name: 'CompleteBoth', message: { ids: ['1', '2'] } })).events).toHaveLength(1);
  await flow.close();
});

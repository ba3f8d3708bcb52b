import { SILENT as quiet } from '../support/logger';
import 'reflect-metadata';
import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  type CommandMiddleware,
  type CommandOutcome,
  defineAggregate,
  Event,
  EventBus,
  type EventContext,
  EventHandler,
  Flow,
  type HandlerContext,
  InjectRepository,
  InMemoryEventStore,
  Module,
  Query,
  QueryHandler,
  Repository,
} from 'eventuality';
import { CustomEventStore } from 'eventuality/store-kit';
import { eventStoreContract, given, VirtualClock } from 'eventuality/testing';
import { CompleteTodo, CreateTodo, Todo, TodoCompleted, TodoCreated } from '../domain/todo';

// #region events
@Event('account.opened')
class AccountOpened {
  constructor(readonly owner: string) {}
}

@Event('account.deposited', { version: 2, upcast: { 1: ({ amount }) => ({ cents: amount * 100 }) } })
class Deposited {
  constructor(readonly cents: number) {}
}

@Event('account.withdrawn')
class Withdrawn {
  constructor(readonly cents: number) {}
}
// #endregion events

class OpenAccount {
  constructor(
    readonly id: string,
    readonly owner: string,
  ) {}
}

class Deposit {
  constructor(
    readonly accountId: string,
    readonly cents: number,
  ) {}
}

// #region aggregate
class InsufficientFundsError extends Error {}

@Aggregate('Account', { id: command => command.accountId ?? command.id })
class Account extends AggregateRoot<AccountOpened | Deposited | Withdrawn> {
  private cents = 0;

  @CommandHandler(OpenAccount, { creates: true })
  open({ owner }: OpenAccount) {
    return new AccountOpened(owner);
  }

  @CommandHandler(Deposit)
  depositBy({ cents }: Deposit) {
    return cents > 0 ? new Deposited(cents) : [];
  }

  deposit(cents: number): void {
    this.apply(new Deposited(cents));
  }

  withdraw(cents: number): void {
    if (cents > this.cents) throw new InsufficientFundsError(`${this.id} has ${this.cents} cents, not ${cents}.`);
    this.apply(new Withdrawn(cents));
  }

  @EventHandler(Deposited)
  deposited({ cents }: Deposited) {
    this.cents += cents;
  }

  @EventHandler(Withdrawn)
  withdrawn({ cents }: Withdrawn) {
    this.cents -= cents;
  }
}
// #endregion aggregate

// #region transfer
class TransferMoney {
  constructor(
    readonly from: string,
    readonly to: string,
    readonly cents: number,
  ) {}
}

class Transfers {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  @CommandHandler(TransferMoney)
  async transfer({ from, to, cents }: TransferMoney) {
    const [payer, payee] = [await this.accounts.load(from), await this.accounts.load(to)];
    payer.withdraw(cents);
    payee.deposit(cents);
    await this.accounts.save(payer);
    await this.accounts.save(payee);
  }
}
// #endregion transfer

// #region read-side
class Balance extends Query<number> {
  constructor(readonly accountId: string) {
    super();
  }
}

class Balances {
  private readonly cents = new Map<string, number>();

  @EventHandler(Deposited)
  deposited({ cents }: Deposited, { event }: EventContext) {
    this.add(event.aggregateId, cents);
  }

  @EventHandler(Withdrawn)
  withdrawn({ cents }: Withdrawn, { event }: EventContext) {
    this.add(event.aggregateId, -cents);
  }

  @QueryHandler(Balance)
  balance({ accountId }: Balance) {
    return this.cents.get(accountId) ?? 0;
  }

  private add(id: string, cents: number) {
    this.cents.set(id, (this.cents.get(id) ?? 0) + cents);
  }
}
// #endregion read-side

test('the guide: modules, a transfer across aggregates, queries', async () => {
  // #region bootstrap
  @Module({ components: [Account, Transfers, Balances] })
  class BankModule {}

  const flow = await bootstrap(BankModule, { cache: { max: 10_000 } });
  await flow.dispatch(new OpenAccount('ann', 'Ann'));
  await flow.dispatch(new OpenAccount('bob', 'Bob'), { metadata: { actor: 'teller' } });
  await flow.dispatch(new Deposit('ann', 500));
  const { events } = await flow.dispatch(new TransferMoney('ann', 'bob', 200)); // both accounts, in one append
  await flow.eventBus?.drain();
  const balance: number = await flow.query(new Balance('bob'));
  // #endregion bootstrap
  expect(events.map(({ name }) => name)).toEqual(['account.withdrawn', 'account.deposited']);
  expect(balance).toBe(200);
  await expect(flow.dispatch(new TransferMoney('ann', 'bob', 900))).rejects.toBeInstanceOf(InsufficientFundsError);
  await flow.close();
});

test('the guide: without classes and without a container', async () => {
  // #region plain
  const TodoList = defineAggregate({
    name: 'Todo',
    state: { description: '', completed: false },
    methods: {
      complete() {
        return this.state.completed ? [] : Event({ aggregateId: this.id, name: 'TodoCompleted', payload: {} });
      },
    },
    on: {
      TodoCompleted(state) {
        state.completed = true;
      },
    },
  });

  const store = new InMemoryEventStore();
  const todos = new Repository(TodoList, store);
  const bus = new EventBus({ logger: quiet });
  const heard: string[] = [];
  bus.subscribe('TodoCreated', ({ payload }) => heard.push(`created ${payload.description}`));
  bus.subscribe('TodoCompleted', ({ aggregateId }) => heard.push(`completed ${aggregateId}`));

  const flow = new Flow({
    eventStore: store,
    eventBus: bus,
    commandHandlers: {
      CreateTodo: attributes => todos.add(attributes),
      CompleteTodo: async ({ id }) => (await todos.load(id)).complete(),
    },
  });
  await flow.dispatch({ name: 'CreateTodo', message: { id: 'todo1', description: 'Buy milk' } });
  await flow.dispatch({ name: 'CompleteTodo', message: { id: 'todo1' } });
  await flow.close();
  // #endregion plain
  expect(heard).toEqual(['created Buy milk', 'completed todo1']);
});

test('the guide: several aggregates from a handler function', async () => {
  const store = new InMemoryEventStore();
  // #region handler-function
  const flow = new Flow({
    eventStore: store,
    aggregates: [Account],
    commandHandlers: {
      async CloseInto(
        { from, to, cents }: { from: string; to: string; cents: number },
        { repository }: HandlerContext,
      ) {
        const accounts = repository(Account); // what it saves is appended when the handler returns, or not at all
        const [payer, payee] = [await accounts.load(from), await accounts.load(to)];
        payer.withdraw(cents);
        payee.deposit(cents);
        await accounts.save(payer);
        await accounts.save(payee);
      },
    },
  });
  // #endregion handler-function
  await flow.dispatch(new OpenAccount('ann', 'Ann'));
  await flow.dispatch(new OpenAccount('bob', 'Bob'));
  await flow.dispatch(new Deposit('ann', 500));
  const outcome = await flow.dispatch({ name: 'CloseInto', message: { from: 'ann', to: 'bob', cents: 500 } });
  expect(outcome.events.map(({ aggregateId, version }) => [aggregateId, version])).toEqual([
    ['ann', 3],
    ['bob', 2],
  ]);
});

test('the guide: middleware', async () => {
  const seen: string[] = [];
  // #region middleware
  const timing: CommandMiddleware<CommandOutcome> = async (message, next) => {
    const start = performance.now();
    try {
      return await next(message);
    } finally {
      seen.push(`${message.name} took ${performance.now() - start} ms`);
    }
  };
  const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Todo], middleware: [timing] });
  // #endregion middleware
  await flow.dispatch(new CreateTodo('1', 'Buy milk'));
  expect(seen).toEqual([expect.stringMatching(/^CreateTodo took /)]);
});

test('the guide: a decision in the words of the domain', async () => {
  // #region given
  await given(Todo, new TodoCreated('Buy milk')).when(new CompleteTodo('1')).then(new TodoCompleted());
  await given(Todo, new TodoCreated('Buy milk'), new TodoCompleted()).when(new CompleteTodo('1')).thenNothing();
  await given(Todo).when(new CompleteTodo('1')).thenError('AGGREGATE_NOT_FOUND');
  await given(Todo).when(new CreateTodo('1', 'Buy milk')).thenState({ description: 'Buy milk' });
  // #endregion given
});

test('the guide: a virtual clock', async () => {
  // #region clock
  const clock = new VirtualClock('2026-01-01T00:00:00Z');
  const flow = new Flow({ eventStore: new InMemoryEventStore({ clock }), aggregates: [Todo], clock });
  clock.advanceBy(60_000);
  const { events } = await flow.dispatch(new CreateTodo('1', 'Buy milk'));
  expect(events[0]?.recordedAt).toBe('2026-01-01T00:01:00.000Z');
  // #endregion clock
});

describe('the guide: the smallest custom store', () => {
  // #region custom-store
  const countingStore = (counts: { appends: number }) => {
    const memory = new InMemoryEventStore();
    return new CustomEventStore({
      append: async appends => {
        counts.appends += 1;
        return memory.append(appends);
      },
      readAll: page => memory.readAll(page),
    });
  };
  // #endregion custom-store

  test('is used', async () => {
    const counts = { appends: 0 };
    const flow = new Flow({ eventStore: countingStore(counts), aggregates: [Todo] });
    await flow.dispatch(new CreateTodo('1', 'Buy milk'));
    expect(counts.appends).toBe(1);
  });

  // #region contract
  for (const { name, run } of eventStoreContract({ open: () => countingStore({ appends: 0 }) })) test(name, run);
  // #endregion contract
});

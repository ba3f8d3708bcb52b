import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  bootstrap,
  CommandHandler,
  defineAggregate,
  Event,
  type EventContext,
  EventHandler,
  FlowClosedError,
  InjectRepository,
  InMemoryEventStore,
  Module,
  type Repository,
} from 'eventuality';
import { CustomEventStore } from 'eventuality/store-kit';
import { Account, AccountOpened, Deposit, Deposited, OpenAccount, Transfer } from '../domain/accounts';

const Counter = defineAggregate({
  name: 'Counter',
  state: { count: 0 },
  methods: {
    add(by: number) {
      return Event({ aggregateId: this.id, name: 'Counted', payload: { by } });
    },
  },
  on: {
    Counted(state, { payload }) {
      state.count += payload.by;
    },
  },
  commands: {
    StartCounter: {
      creates: true,
      decide: (_state, { id }) => Event({ aggregateId: id, name: 'CounterCreated', payload: {} }),
    },
    Count: (_state, { id, by }) => (by > 0 ? Event({ aggregateId: id, name: 'Counted', payload: { by } }) : []),
  },
});

describe('a definition as a component', () => {
  test('answers its commands, beside decorated aggregates', async () => {
    @Module({ components: [Counter, Account] })
    class TestModule {}
    const flow = await bootstrap(TestModule);
    expect([...flow.commandNames].sort()).toEqual(['Count', 'Deposit', 'OpenAccount', 'StartCounter']);
    await flow.dispatch({ name: 'StartCounter', message: { id: 'c' } });
    expect(await flow.dispatch({ name: 'Count', message: { id: 'c', by: 3 } })).toMatchObject({
      succeeded: true,
      version: 2,
    });
    expect(await flow.dispatch({ name: 'Count', message: { id: 'c', by: 0 } })).toMatchObject({
      succeeded: false,
      version: 2,
    });
    expect((await flow.repository(Counter).load('c')).state).toEqual({ count: 3 });
    await expect(flow.dispatch({ name: 'Count', message: { id: 'd', by: 1 } })).rejects.toMatchObject({
      code: 'AGGREGATE_NOT_FOUND',
    });
  });

  test('has its repository injected, in one unit of work with that of a class', async () => {
    class Transfers {
      constructor(
        @InjectRepository(Counter) private readonly counters: Repository<any>,
        @InjectRepository(Account) private readonly accounts: Repository<Account>,
      ) {}

      @CommandHandler(Transfer)
      async transfer({ from, to, amount }: Transfer) {
        const [counter, account] = [await this.counters.load(from), await this.accounts.load(to)];
        counter.add(amount);
        account.receive(amount);
        await this.counters.save(counter);
        await this.accounts.save(account);
        if (amount > 5) throw new Error('too much');
      }
    }
    @Module({ components: [Counter, Account, Transfers] })
    class TestModule {}
    const flow = await bootstrap(TestModule);
    await flow.dispatch({ name: 'StartCounter', message: { id: 'c' } });
    await flow.dispatch(new OpenAccount('a'));
    await expect(flow.dispatch(new Transfer('c', 'a', 6))).rejects.toThrow('too much');
    const { events } = await flow.dispatch(new Transfer('c', 'a', 5));
    expect(events.map(({ name, version }) => [name, version])).toEqual([
      ['Counted', 2],
      ['Deposited', 2],
    ]);
    expect((await flow.repository(Counter).load('c')).state.count).toBe(5);
  });
});

describe('flow.close()', () => {
  test('waits for commands under way, their listeners and what these dispatch, and then closes the store', async () => {
    const order: string[] = [];
    class Slow {
      @EventHandler(AccountOpened)
      async opened(_event: AccountOpened, { event, dispatch }: EventContext) {
        await sleep(20);
        await dispatch(new Deposit(event.aggregateId, 1));
        order.push('listener of opened');
      }

      @EventHandler(Deposited)
      async deposited() {
        await sleep(10);
        order.push('listener of deposited');
      }
    }
    const memory = new InMemoryEventStore();
    const eventStore = new CustomEventStore({
      append: async appends => {
        await sleep(10);
        return memory.append(appends);
      },
      readAll: page => memory.readAll(page),
      close: async () => {
        order.push('store closed');
      },
    });
    @Module({ components: [Account, Slow] })
    class TestModule {}
    const flow = await bootstrap(TestModule, { eventStore });
    const opened = flow.dispatch(new OpenAccount('a'));
    const closing = flow.close();
    await expect(flow.dispatch(new OpenAccount('b'))).rejects.toBeInstanceOf(FlowClosedError);
    await closing;
    expect((await opened).succeeded).toBe(true);
    expect(order).toEqual(['listener of opened', 'listener of deposited', 'store closed']);
    expect((await memory.readAll()).map(({ name }) => name)).toEqual(['AccountOpened', 'Deposited']);
  });

  test('may be called again, and closes once', async () => {
    let closed = 0;
    const memory = new InMemoryEventStore();
    const eventStore = new CustomEventStore({
      append: appends => memory.append(appends),
      readAll: page => memory.readAll(page),
      close: async () => void closed++,
    });
    @Module({ components: [Account] })
    class TestModule {}
    const flow = await bootstrap(TestModule, { eventStore });
    await Promise.all([flow.close(), flow.close()]);
    await flow.close();
    expect(closed).toBe(1);
  });
});

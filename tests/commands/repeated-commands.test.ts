import { SILENT } from '../support/logger';
import 'reflect-metadata';
import {
  bootstrap,
  CommandHandler,
  CommandIdReusedError,
  type EventStore,
  Flow,
  type HandlerContext,
  InjectRepository,
  InMemoryEventStore,
  Module,
  newId,
  type Repository,
} from 'eventuality';
import { DuplicateEventError } from 'eventuality/errors';
import { CustomEventStore } from 'eventuality/store-kit';
import { VirtualClock } from 'eventuality/testing';
import { Account, Deposit, OpenAccount, Transfer } from '../domain/accounts';
import { withStores } from '../support/stores/stores';
import { TESTED } from '../support/stores/tested';

const runs: string[] = [];

class Inspect {
  constructor(readonly id: string) {}
}

class Office {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  @CommandHandler(Transfer)
  async transfer({ from, to, amount }: Transfer) {
    runs.push(`transfer ${amount}`);
    const payer = await this.accounts.load(from);
    const payee = await this.accounts.load(to);
    payer.pay(amount);
    payee.receive(amount);
    await this.accounts.save(payer);
    await this.accounts.save(payee);
  }

  @CommandHandler(Inspect)
  async inspect({ id }: Inspect) {
    runs.push('inspect');
    await this.accounts.load(id);
  }
}

@Module({ components: [Account, Office] })
class Bank {}

async function opened(eventStore: EventStore) {
  const flow = await bootstrap(Bank, { eventStore, logger: SILENT });
  for (const id of ['a', 'b']) await flow.dispatch(new OpenAccount(id));
  await flow.dispatch(new Deposit('a', 500));
  return flow;
}

beforeEach(() => {
  runs.length = 0;
});

describe.each(TESTED)('a command that is repeated with its id, on %s', name => {
  /** The second flow has a connection of its own, as another process has. */
  const withFlows = (use: (flows: [Flow, Flow], store: EventStore) => Promise<void>) =>
    withStores(name, 2, async stores => {
      const flows: [Flow, Flow] = [
        await opened(stores[0]!),
        await bootstrap(Bank, { eventStore: stores[1]!, logger: SILENT }),
      ];
      await use(flows, stores[0]!);
      await Promise.all(flows.map(flow => flow.close()));
    });

  test('resolves to the first outcome and takes effect once: a command of an aggregate', () =>
    withFlows(async ([here, there]) => {
      const deposit = new Deposit('a', 7);
      const first = await here.dispatch(deposit, { commandId: 'deposit-1' });
      await here.dispatch(new Deposit('a', 1));
      for (const flow of [here, there])
        expect(await flow.dispatch(new Deposit('a', 7), { commandId: 'deposit-1' })).toEqual(first);
      expect(
        await there.dispatch({ name: 'Deposit', message: { amount: 7, id: 'a' } }, { commandId: 'deposit-1' }),
      ).toEqual(first);
      expect((await here.repository(Account).load('a')).balance).toBe(508);
    }));

  test('resolves to the first outcome: a handler class over several aggregates, though it could not be carried out again', () =>
    withFlows(async ([here, there]) => {
      const first = await here.dispatch(new Transfer('a', 'b', 400), { commandId: 'transfer' });
      expect(first.events).toHaveLength(2);
      for (const flow of [here, there])
        expect(await flow.dispatch(new Transfer('a', 'b', 400), { commandId: 'transfer' })).toEqual(first);
      expect(runs).toEqual(['transfer 400']);
    }));

  test('resolves to the first outcome where it led to no events', () =>
    withFlows(async ([here, there]) => {
      const first = await here.dispatch(new Inspect('a'), { commandId: 'inspect' });
      expect(first).toEqual({ events: [], succeeded: false, aggregateId: 'a', version: 2, position: undefined });
      await here.dispatch(new Deposit('a', 1));
      for (const flow of [here, there])
        expect(await flow.dispatch(new Inspect('a'), { commandId: 'inspect' })).toEqual(first);
      expect(runs).toEqual(['inspect']);
    }));

  test('is carried out again when it was rejected', () =>
    withFlows(async ([here, there]) => {
      await expect(here.dispatch(new Transfer('b', 'a', 9), { commandId: 'late' })).rejects.toThrow('not enough money');
      await here.dispatch(new Deposit('b', 9));
      expect((await there.dispatch(new Transfer('b', 'a', 9), { commandId: 'late' })).events).toHaveLength(2);
    }));

  test.each([
    ['another name', new Transfer('a', 'b', 1)],
    ['another target', new Deposit('b', 1)],
    ['other content', new Deposit('a', 2)],
  ])('is refused with %s, and nothing is carried out', (_, other) =>
    withFlows(async ([here, there]) => {
      await here.dispatch(new Deposit('a', 1), { commandId: 'one' });
      for (const flow of [here, there]) {
        const refused = flow.dispatch(other, { commandId: 'one' });
        await expect(refused).rejects.toBeInstanceOf(CommandIdReusedError);
        await expect(refused).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED', commandId: 'one' });
      }
      expect((await here.repository(Account).load('b')).balance).toBe(0);
      expect((await here.repository(Account).load('a')).balance).toBe(501);
    }),
  );

  test('is carried out once where 16 come at once, and all get its outcome', () =>
    withFlows(async flows => {
      for (let round = 0; round < 5; round++) {
        runs.length = 0;
        const outcomes = await Promise.all(
          Array.from({ length: 16 }, (_, n) =>
            flows[n % 2]!.dispatch(new Transfer('a', 'b', 1), { commandId: `race ${round}` }),
          ),
        );
        expect(runs).toEqual(['transfer 1']);
        for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
      }
      expect((await flows[1].repository(Account).load('b')).balance).toBe(5);
    }));

  test('is published once', () =>
    withFlows(async ([here]) => {
      const heard: string[] = [];
      here.eventBus!.subscribe('Deposited', ({ payload }) => heard.push(JSON.stringify(payload)));
      for (let times = 0; times < 3; times++) await here.dispatch(new Deposit('a', 3), { commandId: 'thrice' });
      await here.eventBus!.drain();
      expect(heard).toEqual(['{"amount":3}']);
    }));
});

test('a command in the middle of a longer list of events is found without reading the stream', async () => {
  const eventStore = new InMemoryEventStore();
  const flow = await opened(eventStore);
  const first = await flow.dispatch(new Deposit('a', 1), { commandId: 'x' });
  let reads = 0;
  const read = eventStore.read.bind(eventStore);
  eventStore.read = (...page) => {
    reads++;
    return read(...page);
  };
  expect(await flow.dispatch(new Deposit('a', 1), { commandId: 'x' })).toEqual(first);
  expect(reads).toBe(0);
  await flow.close();
});

test('the outcome is forgotten when its time is over; then the ids of its events are found, and it is refused', async () => {
  const clock = new VirtualClock();
  const eventStore = new InMemoryEventStore({ clock });
  const flow = new Flow({ eventStore, clock, aggregates: [Account], commandRetention: 1000 });
  await flow.dispatch(new OpenAccount('a'));
  await flow.dispatch(new Deposit('a', 1), { commandId: 'x' });
  clock.advanceBy(2000);
  const refused = flow.dispatch(new Deposit('a', 1), { commandId: 'x' });
  await expect(refused).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED', cause: expect.any(DuplicateEventError) });
  expect(await eventStore.readAll()).toHaveLength(2);
  await flow.close();
});

test('a store that keeps no commands knows them while the process runs', async () => {
  const keeper = new InMemoryEventStore();
  const eventStore = new CustomEventStore({
    append: appends => keeper.append(appends),
    readAll: page => keeper.readAll(page),
  });
  const flow = await opened(eventStore);
  const first = await flow.dispatch(new Transfer('a', 'b', 400), { commandId: 't' });
  expect(await flow.dispatch(new Transfer('a', 'b', 400), { commandId: 't' })).toEqual(first);
  await expect(flow.dispatch(new Transfer('a', 'b', 1), { commandId: 't' })).rejects.toBeInstanceOf(
    CommandIdReusedError,
  );
  await flow.close();
});

test('a command whose id is that of the command whose handler dispatches it is refused, not waited for', async () => {
  const flow = new Flow({
    eventStore: new InMemoryEventStore(),
    aggregates: [Account],
    commandHandlers: {
      Outer: (_, { dispatch, commandId }: HandlerContext) => dispatch(new OpenAccount('a'), { commandId }),
    },
  });
  await expect(flow.dispatch({ name: 'Outer', message: {} }, { commandId: 'o' })).rejects.toBeInstanceOf(
    CommandIdReusedError,
  );
  await flow.close();
});

describe('what a handler dispatches', () => {
  const flowOf = (eventStore: EventStore, fail: () => void) =>
    new Flow({
      eventStore,
      aggregates: [Account],
      logger: SILENT,
      commandHandlers: {
        async Pay({ to }: { to: string[] }, { dispatch }: HandlerContext) {
          for (const id of to) await dispatch(new Deposit(id, 10));
          fail();
          return [];
        },
        async Move(_, context: HandlerContext) {
          const account = await context.repository(Account).load('a');
          await context.dispatch(new Deposit('a', 10));
          account.receive(1);
          await context.repository(Account).save(account);
        },
      },
    });

  test('takes effect once though its command is repeated after a failure, equal ones as often as there are', async () => {
    const eventStore = new InMemoryEventStore();
    let failures = 1;
    const flow = flowOf(eventStore, () => {
      if (failures-- > 0) throw new Error('the process dies here');
    });
    await flow.dispatch(new OpenAccount('a'));
    await flow.dispatch(new OpenAccount('b'));
    const pay = { name: 'Pay', message: { to: ['a', 'b', 'a'] } };
    await expect(flow.dispatch(pay, { commandId: 'pay' })).rejects.toThrow('dies');
    await flow.dispatch(pay, { commandId: 'pay' });
    const accounts = flow.repository(Account);
    expect([(await accounts.load('a')).balance, (await accounts.load('b')).balance]).toEqual([20, 10]);
    await flow.close();
  });

  test.each(TESTED)('is the outcome of a command that returns it, also when it is repeated, on %s', name =>
    withStores(name, 1, async ([eventStore]) => {
      const flow = new Flow({
        eventStore: eventStore!,
        aggregates: [Account],
        commandHandlers: {
          Hand: ({ id }: { id: string }, { dispatch }: HandlerContext) => dispatch(new Deposit(id, 10)),
        },
      });
      await flow.dispatch(new OpenAccount('a'));
      const hand = { name: 'Hand', message: { id: 'a' } };
      const first = await flow.dispatch(hand, { commandId: 'hand' });
      expect(first.events).toMatchObject([{ name: 'Deposited' }]);
      expect(await flow.dispatch(hand, { commandId: 'hand' })).toEqual(first);
      await flow.close();
    }),
  );

  test('takes effect once though the handler runs again after a conflict', async () => {
    const flow = flowOf(new InMemoryEventStore(), () => undefined);
    await flow.dispatch(new OpenAccount('a'));
    await flow.dispatch({ name: 'Move', message: {} });
    expect((await flow.repository(Account).load('a')).balance).toBe(11);
    await flow.close();
  });
});

test('an id of its own is made for each command that has none', async () => {
  const flow = await opened(new InMemoryEventStore());
  await Promise.all([1, 2, 3].map(() => flow.dispatch(new Deposit('a', 1))));
  expect((await flow.repository(Account).load('a')).balance).toBe(503);
  expect(newId()).not.toBe(newId());
  await flow.close();
});

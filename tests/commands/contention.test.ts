import 'reflect-metadata';
import {
  bootstrap,
  CommandHandler,
  ConcurrencyError,
  type EventStore,
  Flow,
  type HandlerContext,
  InjectRepository,
  InMemoryEventStore,
  Module,
  type Repository,
} from 'eventuality';
import { Account, Deposit, OpenAccount, Transfer } from '../domain/accounts';
import { withStores } from '../support/stores/stores';
import { TESTED } from '../support/stores/tested';

/** Opens an account and pays it in at another one, which all such commands share. */
class OpenWithGift {
  constructor(
    readonly id: string,
    readonly giver: string,
  ) {}
}

class Gifts {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  @CommandHandler(OpenWithGift)
  async open({ id, giver }: OpenWithGift) {
    const shared = await this.accounts.load(giver);
    shared.receive(1);
    await this.accounts.save(shared);
    const opened = new Account(id);
    opened.receive(1);
    await this.accounts.add(opened);
  }
}

class Transfers {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  @CommandHandler(Transfer)
  async transfer({ from, to, amount }: Transfer) {
    const payer = await this.accounts.load(from);
    await new Promise(resolve => setTimeout(resolve, Math.random() * 2));
    const payee = await this.accounts.load(to);
    payer.pay(amount);
    payee.receive(amount);
    await this.accounts.save(payer);
    await this.accounts.save(payee);
  }
}

@Module({ components: [Account, Gifts, Transfers] })
class Bank {}

const flowOn = (eventStore: EventStore) => bootstrap(Bank, { eventStore });
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe.each(TESTED)('commands that want the same aggregates, on %s', name => {
  test('40 at once that load one and create one all succeed, also from two processes', () =>
    withStores(name, 2, async stores => {
      const flows = await Promise.all(stores.map(flowOn));
      await flows[0]!.dispatch(new OpenAccount('shared'));
      const outcomes = await Promise.all(
        numbers(40).map(n => flows[n % 2]!.dispatch(new OpenWithGift(`a${n}`, 'shared'))),
      );
      expect(outcomes.every(({ succeeded }) => succeeded)).toBe(true);
      expect((await flows[1]!.repository(Account).load('shared')).balance).toBe(40);
      await Promise.all(flows.map(flow => flow.close()));
    }));

  test('20 that load two in one order and 20 in the other all succeed, and no money is lost', () =>
    withStores(name, 1, async ([store]) => {
      const flow = await flowOn(store!);
      for (const id of ['a', 'b']) await flow.dispatch(new OpenAccount(id));
      for (const id of ['a', 'b']) await flow.dispatch(new Deposit(id, 100));
      await Promise.all(
        numbers(40).map(n => flow.dispatch(n % 2 ? new Transfer('a', 'b', 1) : new Transfer('b', 'a', 1))),
      );
      const accounts = flow.repository(Account);
      expect([(await accounts.load('a')).balance, (await accounts.load('b')).balance]).toEqual([100, 100]);
      expect(await flow.eventStore.readAll({ limit: 1000 })).toHaveLength(4 + 80);
      await flow.close();
    }));
});

describe.each(TESTED)('a handler that makes an aggregate, which another process makes meanwhile, on %s', name => {
  /** Runs a handler, during whose first run the account `a` is opened from elsewhere; resolves to how often it ran. */
  const made = (handle: (accounts: Repository<Account>) => Promise<unknown>) =>
    withStores(name, 2, async ([here, there]) => {
      let runs = 0;
      const flow = new Flow({
        eventStore: here!,
        aggregates: [Account],
        commandHandlers: {
          async Open(_: object, context: HandlerContext) {
            const handled = await handle(context.repository(Account));
            const stream = { aggregateName: 'Account', aggregateId: 'a' };
            if (++runs === 1)
              await there!.append([
                { stream, expected: 'any', events: [{ name: 'Deposited', payload: { amount: 5 } }] },
              ]);
            return handled;
          },
        },
      });
      const [outcome] = await Promise.allSettled([flow.dispatch({ name: 'Open', message: {} })]);
      const { balance } = await flow.repository(Account).load('a');
      await flow.close();
      return { runs, balance, error: outcome.status === 'rejected' ? outcome.reason.code : undefined };
    });
  const withGift = (): Account => {
    const account = new Account('a');
    account.receive(1);
    return account;
  };

  test.each(['add', 'save'] as const)('and which it had looked for, runs again, and finds it: %s', async method => {
    const handle = async (accounts: Repository<Account>) => {
      const account = await accounts.find('a');
      account?.receive(1);
      await (account ? accounts.save(account) : accounts[method](withGift()));
    };
    expect(await made(handle)).toEqual({ runs: 2, balance: 6, error: undefined });
  });

  test.each(['add', 'save'] as const)('and which it had not looked for, is told that it exists: %s', async method => {
    const handle = (accounts: Repository<Account>) => accounts[method](withGift()).then(() => undefined);
    expect(await made(handle)).toEqual({ runs: 1, balance: 5, error: 'AGGREGATE_ALREADY_EXISTS' });
  });

  test('and which it adds though it has found it, is told that it exists', async () => {
    const handle = async (accounts: Repository<Account>) => {
      await accounts.find('a');
      await accounts.add(withGift());
    };
    expect(await made(handle)).toEqual({ runs: 2, balance: 5, error: 'AGGREGATE_ALREADY_EXISTS' });
  });
});

test('a handler runs one after the other with the own commands of what it has loaded', async () => {
  const appends: number[] = [];
  const store = new InMemoryEventStore();
  const append = store.append.bind(store);
  store.append = async (...all) => {
    const outcome = await append(...all);
    if (!outcome.ok) appends.push(1);
    return outcome;
  };
  const flow = await flowOn(store);
  for (const id of ['a', 'b']) await flow.dispatch(new OpenAccount(id));
  await flow.dispatch(new Deposit('a', 50));
  await Promise.all(
    numbers(20).flatMap(() => [flow.dispatch(new Transfer('a', 'b', 1)), flow.dispatch(new Deposit('b', 1))]),
  );
  expect((await flow.repository(Account).load('b')).balance).toBe(40);
  expect(appends).toEqual([]);
  await flow.close();
});

test('two that load two aggregates at the same time, in parallel, both succeed', async () => {
  const flow = new Flow({
    eventStore: new InMemoryEventStore(),
    aggregates: [Account],
    commandHandlers: {
      async Both({ ids }: { ids: string[] }, context: HandlerContext) {
        const accounts = context.repository(Account);
        const loaded = await Promise.all(ids.map(id => accounts.load(id)));
        for (const account of loaded) {
          account.receive(1);
          await accounts.save(account);
        }
      },
    },
  });
  for (const id of ['a', 'b', 'c']) await flow.dispatch(new OpenAccount(id));
  const orders = [
    ['a', 'b', 'c'],
    ['c', 'b', 'a'],
    ['b', 'a'],
    ['c', 'a'],
    ['b', 'c'],
    ['a', 'c'],
  ];
  await Promise.all([...orders, ...orders].map(ids => flow.dispatch({ name: 'Both', message: { ids } })));
  expect((await flow.repository(Account).load('a')).balance).toBe(10);
  await flow.close();
});

describe('the rule for conflicts', () => {
  /** A handler whose append always meets a rival's. */
  const contended = (rule: object = {}, flowRule: object = {}) => {
    const eventStore = new InMemoryEventStore();
    let runs = 0;
    const handle = async ({ id }: { id: string }, context: HandlerContext) => {
      runs++;
      const accounts = context.repository(Account);
      const account = await accounts.load(id);
      account.receive(1);
      await accounts.save(account);
      const stream = { aggregateName: 'Account', aggregateId: id };
      await eventStore.append([{ stream, expected: 'any', events: [{ name: 'Deposited', payload: { amount: 1 } }] }]);
    };
    const flow = new Flow({
      eventStore,
      aggregates: [Account],
      commandHandlers: { Pay: { handle, ...rule } },
      ...flowRule,
    });
    return { flow, runs: () => runs };
  };
  const pay = { name: 'Pay', message: { id: 'a' } };

  test.each([
    ['flow', {}, { retry: { attempts: 2, delay: 0 } }, {}, 2],
    ['handler, before that of the flow', { retry: { attempts: 3, delay: 0 } }, { retry: { attempts: 2 } }, {}, 3],
    ['dispatch, before that of the handler', { retry: { attempts: 3, delay: 0 } }, {}, { retry: { attempts: 4 } }, 4],
  ])('is that of the %s', async (_, rule, flowRule, options, expected) => {
    const { flow, runs } = contended(rule, flowRule);
    await flow.dispatch(new OpenAccount('a'));
    await expect(flow.dispatch(pay, options)).rejects.toBeInstanceOf(ConcurrencyError);
    expect(runs()).toBe(expected);
    await flow.close();
  });
});

import 'reflect-metadata';
import {
  type Application,
  type BootstrapOptions,
  bootstrap,
  CommandHandler,
  ConcurrencyError,
  type EventContext,
  EventHandler,
  type HandlerContext,
  InjectRepository,
  InMemoryEventStore,
  Module,
  type ModuleOptions,
  type Repository,
} from 'eventuality';
import { UnitOfWorkClosedError } from 'eventuality/errors';
import { CustomEventStore } from 'eventuality/store-kit';
import { injectable } from 'tsyringe';
import { Account, AccountOpened, Deposit, Deposited, OpenAccount, Transfer, Withdrawn } from '../domain/accounts';

class Transfers {
  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  @CommandHandler(Transfer)
  async transfer({ from, to, amount }: Transfer) {
    const [payer, payee] = [await this.accounts.load(from), await this.accounts.load(to)];
    payee.receive(amount);
    await this.accounts.save(payee);
    payer.pay(amount);
    await this.accounts.save(payer);
  }
}

async function application(options: ModuleOptions, bootstrapOptions: BootstrapOptions = {}): Promise<Application> {
  @Module({ ...options, components: [Account, ...(options.components ?? [])] })
  class TestModule {}
  const flow = await bootstrap(TestModule, bootstrapOptions);
  for (const id of ['a', 'b']) await flow.dispatch(new OpenAccount(id));
  await flow.dispatch(new Deposit('a', 10));
  return flow;
}

const balances = async (flow: Application) => {
  const accounts = flow.repository(Account);
  return [(await accounts.load('a')).balance, (await accounts.load('b')).balance];
};

const eventCount = async (flow: Application) => (await flow.eventStore.readAll()).length;

test('the events of several aggregates are appended in one step', async () => {
  const appends: number[] = [];
  const memory = new InMemoryEventStore();
  const eventStore = new CustomEventStore({
    append: each => {
      appends.push(each.length);
      return memory.append(each);
    },
    readAll: page => memory.readAll(page),
  });
  const flow = await application({ components: [Transfers] }, { eventStore });
  appends.length = 0;
  const outcome = await flow.dispatch(new Transfer('a', 'b', 4));
  expect(outcome).toMatchObject({ succeeded: true, aggregateId: 'b', version: 2, position: 5n });
  expect(outcome.events.map(({ aggregateId, payload }) => [aggregateId, payload])).toEqual([
    ['b', new Deposited(4)],
    ['a', new Withdrawn(4)],
  ]);
  expect(appends).toEqual([2]);
  expect(await balances(flow)).toEqual([6, 4]);
});

test('nothing is appended when the handler throws after its first save', async () => {
  const flow = await application({ components: [Transfers] });
  await expect(flow.dispatch(new Transfer('a', 'b', 11))).rejects.toThrow('not enough money');
  expect(await eventCount(flow)).toBe(3);
  expect(await balances(flow)).toEqual([10, 0]);
  await flow.dispatch(new Transfer('a', 'b', 1));
  expect(await balances(flow)).toEqual([9, 1]);
});

test('the handler runs again after a conflict, and nothing is doubled', async () => {
  const eventStore = new InMemoryEventStore();
  let runs = 0;
  class Overtaken extends Transfers {
    constructor(@InjectRepository(Account) accounts: Repository<Account>) {
      super(accounts);
    }

    @CommandHandler(Transfer)
    override async transfer(command: Transfer) {
      await super.transfer(command);
      if (++runs > 1) return;
      const stream = { aggregateName: 'Account', aggregateId: command.to };
      await eventStore.append([{ stream, expected: 'any', events: [{ name: 'Deposited', payload: { amount: 100 } }] }]);
    }
  }
  const flow = await application({ components: [Overtaken] }, { eventStore });
  expect((await flow.dispatch(new Transfer('a', 'b', 4))).events).toHaveLength(2);
  expect(runs).toBe(2);
  expect(await eventCount(flow)).toBe(6);
  expect(await balances(flow)).toEqual([6, 104]);
});

test('a conflict in every try rejects with ConcurrencyError, and nothing of the command is appended', async () => {
  const eventStore = new InMemoryEventStore();
  let runs = 0;
  class Overtaken {
    constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

    @CommandHandler(Transfer)
    async transfer({ from, to, amount }: Transfer) {
      runs++;
      for (const id of [from, to]) {
        const account = await this.accounts.load(id);
        account.receive(amount);
        await this.accounts.save(account);
      }
      const stream = { aggregateName: 'Account', aggregateId: to };
      await eventStore.append([{ stream, expected: 'any', events: [{ name: 'Deposited', payload: { amount: 100 } }] }]);
    }
  }
  const flow = await application({ components: [Overtaken] }, { eventStore });
  await expect(flow.dispatch(new Transfer('a', 'b', 4), { retry: { attempts: 3 } })).rejects.toBeInstanceOf(
    ConcurrencyError,
  );
  expect(runs).toBe(3);
  expect(await balances(flow)).toEqual([10, 300]);
});

test('a repository used after its handler has returned rejects with UnitOfWorkClosedError', async () => {
  const late: Promise<unknown>[] = [];
  class Forgetful {
    constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

    @CommandHandler(Transfer)
    transfer({ from }: Transfer) {
      late.push(
        new Promise(resolve => setTimeout(resolve, 20)).then(async () => {
          await this.accounts.load(from);
        }),
      );
    }
  }
  const flow = await application({ components: [Forgetful] });
  expect((await flow.dispatch(new Transfer('a', 'b', 1))).succeeded).toBe(false);
  await expect(late[0]).rejects.toBeInstanceOf(UnitOfWorkClosedError);
});

test('a repository injected into a listener stores at once', async () => {
  class Bonus {
    constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

    @EventHandler(AccountOpened)
    async opened(_event: AccountOpened, { event }: EventContext) {
      // Of 'a', which a command changes at the same time, it might be one version behind.
      if (event.aggregateId === 'a') return;
      const account = await this.accounts.load(event.aggregateId);
      account.receive(1);
      const recorded = await this.accounts.save(account);
      expect(recorded).toHaveLength(1);
    }
  }
  const errors: unknown[] = [];
  const flow = await application({ components: [Bonus] }, { onError: error => errors.push(error) });
  await flow.eventBus!.drain();
  expect(errors).toEqual([]);
  expect(await balances(flow)).toEqual([10, 1]);
});

test('a class that handles a command and listens has the right repository in each role', async () => {
  const heard: string[] = [];
  class Both {
    constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

    @CommandHandler(Transfer)
    async transfer({ from, to, amount }: Transfer) {
      for (const id of [to, from]) {
        const account = await this.accounts.load(id);
        account.receive(amount);
        expect(await this.accounts.save(account)).toEqual([]);
      }
    }

    @EventHandler(Deposited)
    async deposited(_event: Deposited, { event }: EventContext) {
      heard.push(`${event.aggregateId} ${(await this.accounts.load(event.aggregateId)).balance}`);
    }
  }
  const flow = await application({ components: [Both] });
  await flow.eventBus!.drain();
  await flow.dispatch(new Transfer('a', 'b', 5));
  await flow.eventBus!.drain();
  expect(heard).toEqual(['a 10', 'b 5', 'a 15']);
});

test('a provider made anew takes part in the unit of work of each command', async () => {
  class Cashier {
    constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

    async receive(id: string, amount: number) {
      const account = await this.accounts.load(id);
      account.receive(amount);
      await this.accounts.save(account);
    }
  }
  @injectable()
  class CashierTransfers {
    constructor(private readonly cashier: Cashier) {}

    @CommandHandler(Transfer)
    async transfer({ to, amount }: Transfer) {
      await this.cashier.receive(to, amount);
      if (amount > 5) throw new Error('too much');
    }
  }
  const providers = [{ provide: Cashier, useClass: Cashier, singleton: false }];
  const flow = await application({ components: [CashierTransfers], providers });
  await expect(flow.dispatch(new Transfer('a', 'b', 6))).rejects.toThrow('too much');
  await flow.dispatch(new Transfer('a', 'b', 2));
  expect(await balances(flow)).toEqual([10, 2]);
});

test('a handler class inherits the constructor of its parent, with its injected repositories', async () => {
  class Audited extends Transfers {
    @EventHandler(Withdrawn)
    withdrawn() {}
  }
  const flow = await application({ components: [Audited] });
  await flow.dispatch(new Transfer('a', 'b', 4));
  expect(await balances(flow)).toEqual([6, 4]);
});

test('context.repository takes part in the unit of work like an injected one', async () => {
  class Contextual {
    @CommandHandler(Transfer)
    async transfer({ to, amount }: Transfer, context: HandlerContext) {
      const account = await context.repository(Account).load(to);
      account.receive(amount);
      await context.repository(Account).save(account);
      if (amount > 5) throw new Error('too much');
    }
  }
  const flow = await application({ components: [Contextual] });
  await expect(flow.dispatch(new Transfer('a', 'b', 6))).rejects.toThrow('too much');
  expect((await flow.dispatch(new Transfer('a', 'b', 3))).events).toHaveLength(1);
  expect(await balances(flow)).toEqual([10, 3]);
});

import 'reflect-metadata';
import {
  type Application,
  type BootstrapOptions,
  bootstrap,
  CommandHandler,
  EventHandler,
  InjectRepository,
  Module,
  type ModuleOptions,
  type Provider,
  Query,
  QueryHandler,
  type Repository,
} from 'eventuality';
import { repositoryToken } from 'eventuality/container';
import {
  delay,
  inject,
  injectable,
  instanceCachingFactory,
  Lifecycle,
  container as rootContainer,
  scoped,
  singleton,
} from 'tsyringe';
import { Account, AccountOpened, OpenAccount, Transfer } from '../domain/accounts';
import { MapContainer } from './map-container';

const opened: Application[] = [];
afterEach(async () => {
  for (const flow of opened.splice(0)) await flow.close();
});

async function application(options: ModuleOptions, bootstrapOptions: BootstrapOptions = {}): Promise<Application> {
  @Module({ ...options, components: [Account, ...(options.components ?? [])] })
  class TestModule {}
  const flow = await bootstrap(TestModule, bootstrapOptions);
  opened.push(flow);
  await flow.dispatch(new OpenAccount('b'));
  return flow;
}

async function faultsOf(options: ModuleOptions, bootstrapOptions: BootstrapOptions = {}): Promise<readonly string[]> {
  const refusal = await application(options, bootstrapOptions).catch(error => error);
  expect(refusal).toMatchObject({ code: 'WIRING' });
  return refusal.faults;
}

const kept = (chain: string, keeper: string) =>
  `${chain}: ${keeper} is created once, so its repository takes no part in the unit of work of a command. Provide ${keeper} with ` +
  "singleton: false, so that it is created for each command, or pass the handler's own repository to the method it calls.";

/** Stores a deposit, whatever becomes of the command that asks for it. */
class Cashier {
  static readonly tokens = [repositoryToken(Account)];

  constructor(@InjectRepository(Account) private readonly accounts: Repository<Account>) {}

  async receive(id: string, amount: number) {
    const account = await this.accounts.load(id);
    account.receive(amount);
    await this.accounts.save(account);
  }
}

class Desk {
  constructor(@inject(Cashier) readonly cashier: Cashier) {}
}

class Transfers {
  static readonly tokens = [Cashier];

  constructor(@inject(Cashier) private readonly cashier: Cashier) {}

  @CommandHandler(Transfer)
  async transfer({ to, amount }: Transfer) {
    await this.cashier.receive(to, amount);
    if (amount > 5) throw new Error('too much');
  }
}

/** A command takes all of its effects back when it throws, and one that does not has them in its outcome. */
async function expectOneUnit(flow: Application) {
  await expect(flow.dispatch(new Transfer('a', 'b', 6))).rejects.toThrow('too much');
  expect((await flow.dispatch(new Transfer('a', 'b', 2))).events).toHaveLength(1);
  expect((await flow.dispatch(new Transfer('a', 'b', 3))).events).toHaveLength(1);
  expect((await flow.repository(Account).load('b')).balance).toBe(5);
}

const CHAIN = kept('Transfers -> Cashier -> Repository<Account>', 'Cashier');

describe('a repository in what is made once, for a class with command handlers, is a fault that names the chain', () => {
  test('a class among the providers', async () => {
    expect(await faultsOf({ components: [Transfers], providers: [Cashier] })).toEqual([CHAIN]);
  });

  test('through others, made once or not', async () => {
    class Moves {
      constructor(@inject(Desk) readonly desk: Desk) {}

      @CommandHandler(Transfer)
      transfer() {}
    }
    expect(await faultsOf({ components: [Moves], providers: [Cashier] })).toEqual([
      kept('Moves -> Desk -> Cashier -> Repository<Account>', 'Cashier'),
    ]);
    expect(await faultsOf({ components: [Moves], providers: [Desk] })).toEqual([
      kept('Moves -> Desk -> Cashier -> Repository<Account>', 'Desk'),
    ]);
  });

  test('through delay, a token, or an alias', async () => {
    class Delayed {
      constructor(@inject(delay(() => Cashier)) readonly cashier: Cashier) {}

      @CommandHandler(Transfer)
      transfer() {}
    }
    class Named {
      constructor(@inject('alias') readonly cashier: Cashier) {}

      @CommandHandler(Transfer)
      transfer() {}
    }
    expect(await faultsOf({ components: [Delayed], providers: [Cashier] })).toEqual([
      kept('Delayed -> Cashier -> Repository<Account>', 'Cashier'),
    ]);
    const providers = [
      { provide: 'alias', useToken: 'cashier' },
      { provide: 'cashier', useClass: Cashier },
    ];
    expect(await faultsOf({ components: [Named], providers })).toEqual([
      kept("Named -> 'alias' -> 'cashier' -> Repository<Account>", "'cashier'"),
    ]);
  });

  test('by a factory, which shows when it is called', async () => {
    const provider: Provider = {
      provide: Cashier,
      useFactory: resolve => new Cashier(resolve(repositoryToken(Account)) as never),
    };
    expect(await faultsOf({ components: [Transfers], providers: [provider] })).toEqual([CHAIN]);
    await expectOneUnit(await application({ components: [Transfers], providers: [{ ...provider, singleton: false }] }));
  });

  test('the class itself', async () => {
    class Direct {
      constructor(@InjectRepository(Account) readonly accounts: Repository<Account>) {}

      @CommandHandler(Transfer)
      transfer() {}
    }
    expect(
      await faultsOf({ components: [Direct], providers: [{ provide: Direct, useClass: Direct, singleton: true }] }),
    ).toEqual([kept('Direct -> Repository<Account>', 'Direct')]);
  });

  test('a query handler or a listener', async () => {
    class Balance extends Query<number> {}
    class Balances {
      constructor(@InjectRepository(Account) readonly accounts: Repository<Account>) {}

      @QueryHandler(Balance)
      balance() {
        return 0;
      }
    }
    class Moves {
      constructor(@inject(Balances) readonly balances: Balances) {}

      @CommandHandler(Transfer)
      transfer() {}
    }
    expect(await faultsOf({ components: [Moves, Balances] })).toEqual([
      kept('Moves -> Balances -> Repository<Account>', 'Balances'),
    ]);
  });

  test('@singleton(), unlisted', async () => {
    @singleton()
    class Till extends Cashier {
      constructor(@InjectRepository(Account) accounts: Repository<Account>) {
        super(accounts);
      }
    }
    class Moves {
      constructor(@inject(Till) readonly till: Till) {}

      @CommandHandler(Transfer)
      transfer() {}
    }
    expect(await faultsOf({ components: [Moves] })).toEqual([kept('Moves -> Till -> Repository<Account>', 'Till')]);
    expect(await faultsOf({ components: [Moves], providers: [Till] })).toEqual([
      kept('Moves -> Till -> Repository<Account>', 'Till'),
    ]);
  });

  test("a singleton, or a caching factory, of the caller's container", async () => {
    const container = rootContainer.createChildContainer();
    container.registerSingleton(Cashier);
    expect(await faultsOf({ components: [Transfers] }, { container })).toEqual([CHAIN]);
    const caching = rootContainer.createChildContainer();
    const make = instanceCachingFactory(scope => new Cashier(scope.resolve(repositoryToken(Account) as never)));
    caching.register(Cashier, { useFactory: make });
    expect(await faultsOf({ components: [Transfers] }, { container: caching })).toEqual([
      kept('Transfers -> ... -> Repository<Account>', 'what stands between them'),
    ]);
  });

  test('in a container of another kind, which cannot be asked', async () => {
    const container = new MapContainer();
    expect(await faultsOf({ components: [Transfers], providers: [Cashier] }, { container })).toEqual([
      kept('Transfers -> ... -> Repository<Account>', 'what stands between them'),
    ]);
    const providers = [{ provide: Cashier, useClass: Cashier, singleton: false }];
    await expectOneUnit(await application({ components: [Transfers], providers }, { container }));
  });
});

describe('what is made for each command takes part in its unit of work', () => {
  test('unlisted, also marked @injectable(), or scoped to a container or a resolution', async () => {
    await expectOneUnit(await application({ components: [Transfers] }));
    for (const decorator of [injectable(), scoped(Lifecycle.ContainerScoped), scoped(Lifecycle.ResolutionScoped)]) {
      @decorator
      class Till extends Cashier {
        constructor(@InjectRepository(Account) accounts: Repository<Account>) {
          super(accounts);
        }
      }
      class Moves extends Transfers {
        constructor(@inject(Till) till: Till) {
          super(till);
        }
      }
      await expectOneUnit(await application({ components: [Moves] }));
    }
  });

  test('with singleton: false, behind delay, and behind an alias', async () => {
    const anew = { provide: Cashier, useClass: Cashier, singleton: false };
    class Delayed extends Transfers {
      constructor(@inject(delay(() => Cashier)) cashier: Cashier) {
        super(cashier);
      }
    }
    class Named extends Transfers {
      constructor(@inject('cashier') cashier: Cashier) {
        super(cashier);
      }
    }
    await expectOneUnit(await application({ components: [Transfers], providers: [anew] }));
    await expectOneUnit(await application({ components: [Delayed], providers: [anew] }));
    await expectOneUnit(
      await application({ components: [Named], providers: [anew, { provide: 'cashier', useToken: Cashier }] }),
    );
  });

  test('a class with command handlers that is listed among the providers too', async () => {
    const anew = { provide: Cashier, useClass: Cashier, singleton: false };
    await expectOneUnit(await application({ components: [Transfers], providers: [Transfers, anew] }));
    await expectOneUnit(
      await application({ components: [Transfers], providers: [{ provide: Transfers, useClass: Transfers }, anew] }),
    );
  });
});

describe('an unlisted @singleton()', () => {
  class Clerk {
    constructor(@inject('journal') readonly journal: Journal) {}

    @EventHandler(AccountOpened)
    async opened() {
      await this.journal.note();
    }
  }
  interface Journal {
    note(): Promise<void>;
  }

  test('with a repository belongs to one application, and stores at once where no command is', async () => {
    @singleton()
    class Ledger {
      constructor(@InjectRepository(Account) readonly accounts: Repository<Account>) {}

      async note() {
        const account = await this.accounts.load('b');
        account.receive(1);
        await this.accounts.save(account);
      }
    }
    class Keeper extends Clerk {
      constructor(@inject(Ledger) readonly ledger: Ledger) {
        super(ledger);
      }
    }
    const [one, two] = [await application({ components: [Keeper] }), await application({ components: [Keeper] })];
    for (const flow of [one, two]) {
      await flow.eventBus.drain();
      expect((await flow.repository(Account).load('b')).balance).toBe(1);
    }
    expect(one.resolve(Ledger)).not.toBe(two.resolve(Ledger));
    expect(one.resolve(Ledger)).toBe(one.resolve(Keeper).ledger);
  });

  test('that needs nothing of the application stays one for all, and is not disposed of with one of them', async () => {
    let disposed = 0;
    @singleton()
    class Paper {
      async note() {}

      dispose() {
        disposed++;
      }
    }
    class Keeper extends Clerk {
      constructor(@inject(Paper) readonly paper: Paper) {
        super(paper);
      }
    }
    const [one, two] = [await application({ components: [Keeper] }), await application({ components: [Keeper] })];
    expect(one.resolve(Paper)).toBe(two.resolve(Paper));
    expect(rootContainer.resolve(Paper)).toBe(one.resolve(Paper));
    await one.close();
    expect(disposed).toBe(0);
  });
});

import 'reflect-metadata';
import { bootstrap, CommandHandler, EventHandler, Module, type Repository } from 'eventuality';
import { repositoryToken } from 'eventuality/container';
import { WiringError } from 'eventuality/errors';
import { inject, container as rootContainer } from 'tsyringe';
import { Account, AccountOpened, Deposit, OpenAccount, Transfer } from '../domain/accounts';
import { MapContainer } from './map-container';

const heard: string[] = [];
beforeEach(() => heard.splice(0));

class Journal {
  static made = 0;
  readonly lines: string[] = [];

  constructor() {
    Journal.made++;
  }
}

class Listener {
  constructor(
    @inject('prefix') private readonly prefix: string,
    @inject(Journal) private readonly journal: Journal,
  ) {}

  @EventHandler(AccountOpened)
  opened() {
    heard.push(`${this.prefix} opened`);
    this.journal.lines.push('opened');
  }
}

async function openOne(module: new () => object, container = rootContainer.createChildContainer()) {
  const flow = await bootstrap(module, { container });
  await flow.dispatch(new OpenAccount('a'));
  await flow.eventBus!.drain();
  return flow;
}

describe('providers', () => {
  test('useValue gives the value', async () => {
    @Module({ components: [Account, Listener], providers: [{ provide: 'prefix', useValue: 'value' }] })
    class TestModule {}
    await openOne(TestModule);
    expect(heard).toEqual(['value opened']);
  });

  test('useFactory makes it of what else is provided', async () => {
    const prefix = {
      provide: 'prefix',
      useFactory: (resolve: <T>(token: string) => T) => `made of ${resolve<string>('part')}`,
    };
    @Module({ components: [Account, Listener], providers: [prefix, { provide: 'part', useValue: 'parts' }] })
    class TestModule {}
    await openOne(TestModule);
    expect(heard).toEqual(['made of parts opened']);
  });

  test('useClass makes the class in its place, once', async () => {
    class Shouting extends Journal {}
    @Module({
      components: [Account, Listener],
      providers: [
        { provide: 'prefix', useValue: '' },
        { provide: Journal, useClass: Shouting },
      ],
    })
    class TestModule {}
    const flow = await openOne(TestModule);
    expect(flow.resolve(Journal)).toBeInstanceOf(Shouting);
    expect(flow.resolve(Journal)).toBe(flow.resolve(Journal));
    expect(flow.resolve(Journal).lines).toEqual(['opened']);
  });

  test('useClass with singleton: false makes one for each that asks', async () => {
    @Module({ providers: [{ provide: Journal, useClass: Journal, singleton: false }] })
    class TestModule {}
    const flow = await bootstrap(TestModule);
    expect(flow.resolve(Journal)).toBeInstanceOf(Journal);
    expect(flow.resolve(Journal)).not.toBe(flow.resolve(Journal));
  });

  test('a class stands for itself, made once and not before it is needed', async () => {
    @Module({ providers: [Journal] })
    class TestModule {}
    const before = Journal.made;
    const flow = await bootstrap(TestModule);
    expect(Journal.made).toBe(before);
    expect(flow.resolve(Journal)).toBe(flow.resolve(Journal));
    expect(Journal.made).toBe(before + 1);
  });

  test('a factory may make a handler class, with the repository of the command', async () => {
    class Transfers {
      constructor(private readonly accounts: Repository<Account>) {}

      @CommandHandler(Transfer)
      async transfer({ to, amount }: Transfer) {
        const account = await this.accounts.load(to);
        account.receive(amount);
        expect(await this.accounts.save(account)).toEqual([]);
      }
    }
    const provider = {
      provide: Transfers,
      useFactory: (resolve: <T>(token: symbol) => T) => new Transfers(resolve(repositoryToken(Account))),
    };
    @Module({ components: [Account, Transfers], providers: [provider] })
    class TestModule {}
    const flow = await openOne(TestModule);
    expect((await flow.dispatch(new Transfer('b', 'a', 7))).events).toHaveLength(1);
    expect((await flow.repository(Account).load('a')).balance).toBe(7);
  });
});

describe('imports', () => {
  test('components and providers of imported modules, also of theirs, belong to the application', async () => {
    @Module({ providers: [{ provide: 'prefix', useValue: 'deep' }] })
    class Deepest {}
    @Module({ components: [Listener], imports: [Deepest] })
    class Middle {}
    @Module({ components: [Account], imports: [Middle] })
    class Top {}
    await openOne(Top);
    expect(heard).toEqual(['deep opened']);
  });

  test('a module imported twice, and a component listed twice, count once', async () => {
    @Module({ components: [Account, Listener], providers: [{ provide: 'prefix', useValue: 'once' }] })
    class Shared {}
    @Module({ imports: [Shared] })
    class Left {}
    @Module({ imports: [Shared], components: [Account, Listener] })
    class Right {}
    @Module({ imports: [Left, Right, Shared] })
    class Top {}
    await openOne(Top);
    expect(heard).toEqual(['once opened']);
  });

  test('modules may import each other', async () => {
    const imports: (new () => object)[] = [];
    @Module({ imports, components: [Account] })
    class Left {}
    @Module({ imports: [Left], components: [Listener], providers: [{ provide: 'prefix', useValue: 'round' }] })
    class Right {}
    imports.push(Right);
    await openOne(Left);
    expect(heard).toEqual(['round opened']);
  });
});

describe("the caller's container", () => {
  test("provides what no module does, and is not changed: the application's registrations are a child's", async () => {
    @Module({ components: [Account, Listener], providers: [Journal] })
    class TestModule {}
    const container = rootContainer.createChildContainer();
    container.register('prefix', { useValue: 'given' });
    const flow = await openOne(TestModule, container);
    expect(heard).toEqual(['given opened']);
    for (const token of [Journal, Listener, Account, repositoryToken(Account)]) {
      expect(container.isRegistered(token as never, true)).toBe(false);
      expect(rootContainer.isRegistered(token as never, true)).toBe(false);
    }
    expect(container.resolve(Journal)).not.toBe(flow.resolve(Journal));
  });

  test('keeps its own registration of a token that a module provides too', async () => {
    @Module({ providers: [{ provide: 'prefix', useValue: 'of the module' }] })
    class TestModule {}
    const container = rootContainer.createChildContainer();
    container.register('prefix', { useValue: 'of the caller' });
    const flow = await bootstrap(TestModule, { container });
    expect(flow.resolve('prefix')).toBe('of the module');
    expect(container.resolve('prefix')).toBe('of the caller');
  });

  test("is tsyringe's own by default, and that is not changed either", async () => {
    @Module({ components: [Account, Listener], providers: [{ provide: 'prefix', useValue: 'default' }, Journal] })
    class TestModule {}
    const flow = await bootstrap(TestModule);
    await flow.dispatch(new OpenAccount('a'));
    await flow.eventBus!.drain();
    expect(heard).toEqual(['default opened']);
    for (const token of ['prefix', Listener, Journal])
      expect(rootContainer.isRegistered(token as never, true)).toBe(false);
  });
});

describe('a container written by hand', () => {
  class Transfers {
    static readonly tokens = [repositoryToken(Account), 'limit'];

    constructor(
      private readonly accounts: Repository<Account>,
      private readonly limit: number,
    ) {}

    @CommandHandler(Transfer)
    async transfer({ from, to, amount }: Transfer) {
      for (const id of [from, to]) {
        const account = await this.accounts.load(id);
        account.receive(amount);
        await this.accounts.save(account);
      }
      if (amount > this.limit) throw new Error('over the limit');
    }
  }

  class Counting {
    static readonly tokens = [Journal];

    constructor(readonly journal: Journal) {}

    @EventHandler(AccountOpened)
    opened() {
      this.journal.lines.push('opened');
    }
  }

  @Module({ components: [Account, Transfers, Counting], providers: [{ provide: 'limit', useValue: 5 }, Journal] })
  class TestModule {}

  test('serves: units of work, listeners and providers', async () => {
    const container = new MapContainer();
    const flow = await bootstrap(TestModule, { container });
    for (const id of ['a', 'b']) await flow.dispatch(new OpenAccount(id));
    await expect(flow.dispatch(new Transfer('a', 'b', 6))).rejects.toThrow('over the limit');
    expect((await flow.dispatch(new Transfer('a', 'b', 5))).events).toHaveLength(2);
    await flow.eventBus!.drain();
    expect(flow.resolve(Journal).lines).toEqual(['opened', 'opened']);
    expect((await flow.repository(Account).load('b')).balance).toBe(5);
    expect(container.registrations.size).toBe(0);
  });

  test('without checks of its own shows what is missing when it makes the listeners', async () => {
    @Module({ components: [Account, Counting] })
    class WithoutJournal {}
    const refusal = await bootstrap(WithoutJournal, { container: new MapContainer() }).catch(error => error);
    expect(refusal).toBeInstanceOf(WiringError);
    expect(refusal.faults).toEqual([
      expect.stringMatching(/^Counting cannot be created: There is no registration of /),
    ]);
  });
});

test('a command of an aggregate needs nothing of the container', async () => {
  @Module({ components: [Account] })
  class TestModule {}
  const flow = await bootstrap(TestModule, { container: new MapContainer() });
  await flow.dispatch(new OpenAccount('a'));
  expect((await flow.dispatch(new Deposit('a', 3))).version).toBe(2);
});

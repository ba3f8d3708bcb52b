import 'reflect-metadata';
import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  defineAggregate,
  Event,
  EventBus,
  EventHandler,
  InjectRepository,
  InMemoryEventStore,
  Module,
  type ModuleOptions,
  Query,
  QueryHandler,
  type Repository,
} from 'eventuality';
import { WiringError } from 'eventuality/errors';
import { inject } from 'tsyringe';
import { Account, AccountOpened, Deposit, OpenAccount } from '../domain/accounts';

/** Bootstraps a module of these parts and returns the faults that it is refused with. */
async function faultsOf(options: ModuleOptions): Promise<readonly string[]> {
  @Module(options)
  class TestModule {}
  const refusal = await bootstrap(TestModule).then(
    () => undefined,
    error => error,
  );
  expect(refusal).toBeInstanceOf(WiringError);
  expect(refusal).toMatchObject({ code: 'WIRING' });
  for (const fault of refusal.faults) expect(refusal.message).toContain(fault);
  return refusal.faults;
}

class Count extends Query<number> {}

class Other {
  @CommandHandler(Deposit)
  deposit() {}
}

class Roleless {
  work() {}
}

interface Mailer {
  send(text: string): void;
}

describe('one fault alone', () => {
  test('two handlers of one command, in an aggregate and in a class', async () => {
    expect(await faultsOf({ components: [Account, Other] })).toEqual([
      "The command 'Deposit' has 2 handlers: Account and Other.deposit. Keep one.",
    ]);
  });

  test('two handlers of one command in one class', async () => {
    class Twice {
      @CommandHandler(Deposit)
      first() {}

      @CommandHandler(Deposit)
      second() {}
    }
    expect(await faultsOf({ components: [Twice] })).toEqual([
      "The command 'Deposit' has 2 handlers: Twice.first and Twice.second. Keep one.",
    ]);
  });

  test('two handlers of one command in one aggregate', async () => {
    @Aggregate('Doubled')
    class Doubled extends AggregateRoot {
      @CommandHandler(Deposit)
      first() {}

      @CommandHandler(Deposit)
      second() {}
    }
    expect(await faultsOf({ components: [Doubled] })).toEqual([
      "Doubled handles the command 'Deposit' more than once. Keep one handler.",
    ]);
  });

  test('two handlers of one query', async () => {
    class First {
      @QueryHandler(Count)
      count() {
        return 1;
      }
    }
    class Second {
      @QueryHandler(Count)
      count() {
        return 2;
      }
    }
    expect(await faultsOf({ components: [First, Second] })).toEqual([
      "The query 'Count' has 2 handlers: First.count and Second.count. Keep one.",
    ]);
  });

  test('two event classes of one name, in an aggregate and a listener', async () => {
    @Event('AccountOpened')
    class Renamed {}
    @Aggregate('Ledger')
    class Ledger extends AggregateRoot {
      @EventHandler(AccountOpened)
      opened() {}
    }
    class Listener {
      @EventHandler(Renamed)
      opened() {}
    }
    expect(await faultsOf({ components: [Ledger, Listener] })).toEqual([
      "Two event classes have the name 'AccountOpened' (used by Ledger and Listener). Give one of them another: @Event('another name').",
    ]);
  });

  test('two event classes of one name in one aggregate', async () => {
    @Event('AccountOpened')
    class Renamed {}
    @Aggregate('Ledger')
    class Ledger extends AggregateRoot {
      @EventHandler(AccountOpened)
      opened() {}

      @EventHandler(Renamed)
      renamed() {}
    }
    expect(await faultsOf({ components: [Ledger] })).toEqual([
      "Ledger handles two event classes of the name 'AccountOpened'. Name one of them: @Event('...').",
    ]);
  });

  test('two command classes of one name', async () => {
    const Namesake = { Deposit: class {} }.Deposit;
    class Handler {
      @CommandHandler(Namesake)
      deposit() {}
    }
    expect(await faultsOf({ components: [Handler, Account] })).toEqual([
      "Two command classes have the name 'Deposit' (used by Account and Handler.deposit). Give one of them another: @Command('another name').",
    ]);
  });

  test('two query classes of one name', async () => {
    const Namesake = { Count: class extends Query<number> {} }.Count;
    class First {
      @QueryHandler(Count)
      count() {
        return 1;
      }
    }
    class Second {
      @QueryHandler(Namesake)
      count() {
        return 2;
      }
    }
    expect(await faultsOf({ components: [First, Second] })).toEqual([
      "Two query classes have the name 'Count' (used by First.count and Second.count). Give one of them another: @Query('another name').",
    ]);
  });

  test('two aggregates of one name', async () => {
    @Aggregate('Account')
    class Impostor extends AggregateRoot {}
    expect(await faultsOf({ components: [Account, Impostor] })).toEqual([
      "Two aggregates have the name 'Account': Account and Impostor. Give one of them another: @Aggregate('another name').",
    ]);
  });

  test('a class with no role', async () => {
    expect(await faultsOf({ components: [Roleless] })).toEqual([
      'Roleless, a component of TestModule, has no role: it has no @CommandHandler, @EventHandler or @QueryHandler. ' +
        'Decorate a method, or list the class among the providers.',
    ]);
  });

  test('an aggregate that does not say so', async () => {
    class Unmarked extends AggregateRoot {
      @CommandHandler(OpenAccount)
      open() {}
    }
    expect(await faultsOf({ components: [Unmarked] })).toEqual([
      "Unmarked is not marked as an aggregate. Write @Aggregate('Unmarked') above the class.",
    ]);
  });

  test('an aggregate that does not extend AggregateRoot', async () => {
    // @ts-expect-error the compiler says so too
    @Aggregate('Rootless')
    class Rootless {}
    expect(await faultsOf({ components: [Rootless] })).toEqual(['Rootless does not extend AggregateRoot.']);
  });

  test('a static handler', async () => {
    class Static {
      @EventHandler(AccountOpened)
      static opened() {}
    }
    expect(await faultsOf({ components: [Static] })).toEqual([
      'Static.opened is static; handlers are methods of the instance.',
    ]);
  });

  test('a handler whose message class is not there yet', async () => {
    class Early {
      @CommandHandler(undefined as unknown as typeof Deposit)
      deposit() {}
    }
    expect(await faultsOf({ components: [Early] })).toEqual([
      expect.stringMatching(/^Early\.deposit .*(import each other|Name the class in the decorator)/),
    ]);
  });

  test('a handler that leaves its message to a type that says nothing', async () => {
    class Vague {
      @CommandHandler()
      deposit(_command: object) {}
    }
    expect(await faultsOf({ components: [Vague] })).toEqual([
      expect.stringMatching(
        /^Vague\.deposit does not say which message it handles.*Name the class in the decorator\.$/,
      ),
    ]);
  });

  test('an anonymous message class', async () => {
    class Handler {
      @CommandHandler((() => class {})())
      handle() {}
    }
    expect(await faultsOf({ components: [Handler] })).toEqual([
      'Handler.handle handles an anonymous class. Give the class a name.',
    ]);
  });

  test('a constructor parameter of an interface type', async () => {
    class Notifier {
      constructor(
        @inject('elsewhere') _first: unknown,
        readonly mailer: Mailer,
      ) {}

      @EventHandler(AccountOpened)
      opened() {}
    }
    expect(await faultsOf({ components: [Notifier], providers: [{ provide: 'elsewhere', useValue: 1 }] })).toEqual([
      "Notifier: the second constructor parameter 'mailer' is of the type Object, an interface or a basic type. " +
        "Write @inject('a token') before it and provide the token in a module.",
    ]);
  });

  test('a constructor parameter with a token that no provider gives', async () => {
    class Notifier {
      constructor(@inject('mailer') readonly mailer: Mailer) {}

      @EventHandler(AccountOpened)
      opened() {}
    }
    expect(await faultsOf({ components: [Notifier] })).toEqual([
      "Notifier: the first constructor parameter 'mailer' asks for mailer, which no provider gives. " +
        "Add { provide: 'mailer', ... } to a module's providers.",
    ]);
  });

  test('a constructor without type information', async () => {
    class Untyped {
      mailer: Mailer;

      constructor(mailer: Mailer) {
        this.mailer = mailer;
      }

      @EventHandler(AccountOpened)
      opened() {}
    }
    expect(await faultsOf({ components: [Untyped] })).toEqual([
      expect.stringMatching(
        /^Untyped: the first constructor parameter 'mailer' has no type information\..*@injectable\(\).*@inject\(TheClass\).*useFactory\.$/,
      ),
    ]);
  });

  test('a fault behind a constructor parameter', async () => {
    class Mail {
      constructor(@inject('host') readonly host: string) {}
    }
    class Notifier {
      constructor(@inject(Mail) readonly mail: Mail) {}

      @EventHandler(AccountOpened)
      opened() {}
    }
    expect(await faultsOf({ components: [Notifier] })).toEqual([
      expect.stringContaining("Mail: the first constructor parameter 'host'"),
    ]);
  });

  test('a repository of an aggregate that is no component', async () => {
    class Transfers {
      constructor(@InjectRepository(Account) readonly accounts: Repository<Account>) {}

      @CommandHandler(Deposit)
      deposit() {}
    }
    expect(await faultsOf({ components: [Transfers] })).toEqual([
      "Transfers: the first constructor parameter 'accounts' is the repository of Account, which is not a component of any module. " +
        'Add it to the components.',
    ]);
  });

  test('a listener whose constructor throws', async () => {
    class Broken {
      constructor() {
        throw new Error('no connection');
      }

      @EventHandler(AccountOpened)
      opened() {}
    }
    expect(await faultsOf({ components: [Broken] })).toEqual([
      expect.stringMatching(/^Broken cannot be created: .*no connection/s),
    ]);
  });

  test('a module among the components', async () => {
    @Module({})
    class Inner {}
    expect(await faultsOf({ components: [Inner] })).toEqual([
      'Inner is a module, listed among the components of TestModule. Move it to the imports.',
    ]);
  });

  test('an import that is not a module', async () => {
    expect(await faultsOf({ imports: [Roleless] })).toEqual([
      'Roleless, imported by TestModule, is not a module. Write @Module({ ... }) above the class.',
    ]);
  });

  test('an import or a component that is undefined', async () => {
    expect(await faultsOf({ imports: [undefined as never], components: [undefined as never] })).toEqual([
      expect.stringMatching(
        /^undefined \(as when two files import each other\), imported by TestModule, is not a module/,
      ),
      expect.stringMatching(/^A component of TestModule is undefined \(as when two files import each other\)/),
    ]);
  });

  test('a provider that says nothing, or two things', async () => {
    expect(
      await faultsOf({
        providers: [{ provide: 'a' } as never, { provide: 'b', useValue: 1, useFactory: () => 1 } as never],
      }),
    ).toEqual([
      'The provider of a in TestModule must have exactly one of useValue, useClass, useFactory, useToken.',
      'The provider of b in TestModule must have exactly one of useValue, useClass, useFactory, useToken.',
    ]);
  });

  test('a provider without a token', async () => {
    expect(await faultsOf({ providers: [{ useValue: 1 } as never] })).toEqual([
      'A provider of TestModule is an object with the keys [useValue]; give a class or { provide: token, useValue | useClass | useFactory | useToken }.',
    ]);
  });

  test('a root that is not a module', async () => {
    await expect(bootstrap(Roleless)).rejects.toMatchObject({
      faults: ['Roleless is not a module. Write @Module({ ... }) above the class.'],
    });
  });
});

test('several faults are reported together, numbered, each with its fix', async () => {
  class Notifier {
    constructor(
      @inject('mailer') readonly mailer: Mailer,
      readonly sender: string,
    ) {}

    @CommandHandler(OpenAccount)
    open() {}
  }
  @Module({
    components: [Account, Other, Roleless, Notifier],
    imports: [Roleless],
    providers: [{ provide: 'p' } as never],
  })
  class TestModule {}
  const refusal: WiringError = await bootstrap(TestModule).then(
    () => undefined as never,
    error => error,
  );
  expect(refusal.faults).toEqual([
    expect.stringContaining('Roleless, imported by TestModule, is not a module. Write @Module'),
    expect.stringContaining('Roleless, a component of TestModule, has no role'),
    expect.stringContaining('The provider of p'),
    "The command 'OpenAccount' has 2 handlers: Account and Notifier.open. Keep one.",
    "The command 'Deposit' has 2 handlers: Account and Other.deposit. Keep one.",
    expect.stringContaining("first constructor parameter 'mailer'"),
    expect.stringContaining("second constructor parameter 'sender' is of the type String"),
  ]);
  refusal.faults.forEach((fault, index) => {
    expect(refusal.message).toContain(`\n  ${index + 1}. ${fault}`);
  });
});

test('a definition and a class that claim one name and one command are reported', async () => {
  const Plain = defineAggregate({ name: 'Account', state: {}, commands: { Deposit: () => [] } });
  expect(await faultsOf({ components: [Account, Plain] })).toEqual([
    "The command 'Deposit' has 2 handlers: Account and Account. Keep one.",
    expect.stringContaining("Two aggregates have the name 'Account'"),
  ]);
});

test('nothing listens when one of the listeners cannot be made', async () => {
  const heard: unknown[] = [];
  class Working {
    @EventHandler(AccountOpened)
    opened() {
      heard.push('opened');
    }
  }
  class Broken {
    constructor() {
      throw new Error('no connection');
    }

    @EventHandler(AccountOpened)
    opened() {}
  }
  @Module({ components: [Working, Broken] })
  class TestModule {}
  const eventBus = new EventBus();
  await expect(bootstrap(TestModule, { eventBus })).rejects.toBeInstanceOf(WiringError);
  const stream = { aggregateName: 'Account', aggregateId: 'a' };
  const outcome = await new InMemoryEventStore().append([
    { stream, expected: 'none', events: [{ name: 'AccountOpened', payload: {} }] },
  ]);
  eventBus.publish(outcome.ok ? outcome.events : []);
  await eventBus.drain();
  expect(outcome.ok).toBe(true);
  expect(heard).toEqual([]);
});

import 'reflect-metadata';
import {
  type Application,
  bootstrap,
  CommandHandler,
  EventHandler,
  Module,
  type ModuleOptions,
  type Provider,
} from 'eventuality';
import { repositoryToken } from 'eventuality/container';
import { delay, inject } from 'tsyringe';
import { Account, AccountOpened, OpenAccount, Transfer } from '../domain/accounts';
import { MapContainer } from './map-container';

const closing: Application[] = [];
afterEach(async () => {
  for (const flow of closing.splice(0)) await flow.close();
});

async function application(options: ModuleOptions, bootstrapOptions = {}): Promise<Application> {
  @Module({ ...options, components: [Account, ...(options.components ?? [])] })
  class TestModule {}
  const flow = await bootstrap(TestModule, bootstrapOptions);
  closing.push(flow);
  return flow;
}

async function faultsOf(options: ModuleOptions): Promise<readonly string[]> {
  const refusal = await application(options).catch(error => error);
  expect(refusal).toMatchObject({ code: 'WIRING' });
  return refusal.faults;
}

describe.each([
  ['tsyringe', () => ({})],
  ['a container of another kind', () => ({ container: new MapContainer() })],
])('with %s', (_, options) => {
  test('a factory is called once, also for commands; with singleton: false for each that asks', async () => {
    const made = { once: 0, anew: 0 };
    class Numbers {
      static readonly tokens = ['once', 'anew'];

      constructor(
        @inject('once') readonly once: object,
        @inject('anew') readonly anew: object,
      ) {}

      @CommandHandler(Transfer)
      transfer() {
        seen.push([this.once, this.anew]);
      }
    }
    const seen: object[][] = [];
    const providers: Provider[] = [
      { provide: 'once', useFactory: () => ({ made: ++made.once }) },
      { provide: 'anew', useFactory: () => ({ made: ++made.anew }), singleton: false },
    ];
    const flow = await application({ components: [Numbers], providers }, options());
    for (const _ of [1, 2, 3]) await flow.dispatch(new Transfer('a', 'b', 1));
    expect(made.once).toBe(1);
    expect(new Set(seen.map(([once]) => once)).size).toBe(1);
    expect(new Set(seen.map(([, anew]) => anew)).size).toBe(3);
    expect(flow.resolve('once')).toBe(seen[0]![0]);
  });

  test('a factory is not called before it is needed', async () => {
    let calls = 0;
    const flow = await application({ providers: [{ provide: 'number', useFactory: () => ++calls }] }, options());
    expect(calls).toBe(0);
    expect([flow.resolve('number'), flow.resolve('number'), calls]).toEqual([1, 1, 1]);
  });

  test('null and undefined are values like others', async () => {
    class Listener {
      static readonly tokens = ['null', 'undefined'];

      constructor(
        @inject('null') readonly none: null,
        @inject('undefined') readonly absent: undefined,
      ) {}

      @EventHandler(AccountOpened)
      opened() {}
    }
    const providers = [
      { provide: 'null', useValue: null },
      { provide: 'undefined', useValue: undefined },
    ];
    const flow = await application({ components: [Listener], providers }, options());
    expect(flow.resolve(Listener)).toEqual({ none: null, absent: undefined });
    expect([flow.resolve('null'), flow.resolve('undefined')]).toEqual([null, undefined]);
  });

  test('useToken gives what another token stands for', async () => {
    class Mailer {}
    const providers: Provider[] = [
      { provide: 'mailer', useToken: 'outgoing' },
      { provide: 'outgoing', useToken: Mailer },
      { provide: Mailer, useClass: Mailer },
    ];
    const flow = await application({ providers }, options());
    expect(flow.resolve('mailer')).toBeInstanceOf(Mailer);
    expect(flow.resolve('mailer')).toBe(flow.resolve(Mailer));
  });
});

test('an alias for nothing, for no token, or of itself is a fault', async () => {
  const providers: Provider[] = [
    { provide: 'a', useToken: 'nothing' },
    { provide: 'b', useToken: 'c' },
    { provide: 'c', useToken: 'b' },
    { provide: 'd', useToken: undefined as never },
  ];
  expect(await faultsOf({ providers })).toEqual([
    'The provider of d in TestModule: useToken is undefined (as when two files import each other); it must be a class, text or a symbol.',
    "The provider of 'a' stands for nothing, which no provider gives. Add { provide: 'nothing', ... } to a module's providers.",
    "The provider of 'b' refers back to itself: 'b' -> 'c' -> 'b'.",
    "The provider of 'c' refers back to itself: 'c' -> 'b' -> 'c'.",
  ]);
});

describe('delay', () => {
  test('a delayed class is made when it is used, with its own injections', async () => {
    class Later {
      constructor(@inject('greeting') readonly greeting: string) {}
    }
    class Listener {
      constructor(@inject(delay(() => Later)) readonly later: Later) {}

      @EventHandler(AccountOpened)
      opened() {}
    }
    const flow = await application({ components: [Listener], providers: [{ provide: 'greeting', useValue: 'hello' }] });
    expect(flow.resolve(Listener).later.greeting).toBe('hello');
  });

  test('what is wrong with it is reported at the start', async () => {
    class Later {
      constructor(@inject('greeting') readonly greeting: string) {}
    }
    class Listener {
      constructor(
        @inject(delay(() => Later)) readonly later: Later,
        @inject(delay(() => undefined as never)) readonly never: unknown,
      ) {}

      @EventHandler(AccountOpened)
      opened() {}
    }
    expect(await faultsOf({ components: [Listener] })).toEqual([
      expect.stringContaining(
        "Later: the first constructor parameter 'greeting' asks for greeting, which no provider gives.",
      ),
      "Listener: the second constructor parameter 'never' asks for delay(() => ...) whose function returns no class. " +
        'Return the class: delay(() => TheClass).',
    ]);
  });
});

describe('a class with command handlers whose factory asks for what no provider gives is reported at the start', () => {
  class Transfers {
    constructor(readonly limit: unknown) {}

    @CommandHandler(Transfer)
    transfer() {}
  }
  class Listener {
    @EventHandler(AccountOpened)
    opened() {}
  }
  const missing = (factory: string, token: string) =>
    `The factory of ${factory} asks for ${token}, which no provider gives. Add { provide: '${token}', ... } to a module's providers.`;

  test('its own factory', async () => {
    const providers: Provider[] = [{ provide: Transfers, useFactory: resolve => new Transfers(resolve('limit')) }];
    expect(await faultsOf({ components: [Transfers, Listener], providers })).toEqual([missing('Transfers', 'limit')]);
  });

  test('those of its dependencies, all of them', async () => {
    class Limits {
      constructor(
        @inject('limit') readonly limit: number,
        @inject('rate') readonly rate: number,
      ) {}
    }
    class Moves {
      constructor(@inject(Limits) readonly limits: Limits) {}

      @CommandHandler(Transfer)
      transfer() {}
    }
    const providers: Provider[] = [
      { provide: 'limit', useFactory: resolve => resolve('settings') },
      { provide: 'rate', useFactory: resolve => resolve('rates'), singleton: false },
    ];
    expect(await faultsOf({ components: [Moves], providers })).toEqual([
      missing("'limit'", 'settings'),
      missing("'rate'", 'rates'),
    ]);
  });

  test('the repository of an aggregate that is no component', async () => {
    class Elsewhere extends Account {}
    const providers: Provider[] = [
      { provide: Transfers, useFactory: resolve => new Transfers(resolve(repositoryToken(Elsewhere))) },
    ];
    expect(await faultsOf({ components: [Transfers], providers })).toEqual([
      'The factory of Transfers asks for the repository of Elsewhere, which is not a component of any module. Add it to the components.',
    ]);
  });

  test('a factory that asks for itself', async () => {
    const providers: Provider[] = [
      { provide: Transfers, useFactory: resolve => new Transfers(resolve('a')) },
      { provide: 'a', useFactory: resolve => resolve('b') },
      { provide: 'b', useFactory: resolve => resolve('a') },
    ];
    expect(await faultsOf({ components: [Transfers], providers })).toEqual([
      expect.stringContaining("The factory of 'a' depends on itself"),
    ]);
  });

  test('one that works only while a command is handled is left alone', async () => {
    let handling = false;
    const providers: Provider[] = [
      {
        provide: Transfers,
        useFactory: () => {
          if (!handling) throw new Error('no tenant');
          return new Transfers(1);
        },
      },
    ];
    const flow = await application({ components: [Transfers], providers });
    handling = true;
    expect((await flow.dispatch(new Transfer('a', 'b', 1))).succeeded).toBe(false);
  });
});

describe('close', () => {
  const log: string[] = [];
  beforeEach(() => log.splice(0));

  const disposable = (name: string) =>
    class {
      dispose() {
        log.push(name);
      }
    };

  test('disposes of what was made for the application, the last first, after the store has closed, and once', async () => {
    class Pool extends disposable('pool') {}
    class Mailer extends disposable('mailer') {
      constructor(readonly pool: Pool) {
        super();
      }
    }
    class Unlisted extends disposable('unlisted') {}
    class Listener {
      constructor(
        @inject('mailer') readonly mailer: Mailer,
        @inject(Unlisted) readonly unlisted: Unlisted,
        @inject('given') readonly given: unknown,
        @inject('alias') readonly alias: unknown,
      ) {}

      @EventHandler(AccountOpened)
      async opened() {
        await new Promise(resolve => setTimeout(resolve, 20));
        log.push('listened');
      }
    }
    const providers: Provider[] = [
      Pool as never,
      { provide: 'mailer', useFactory: resolve => new Mailer(resolve(Pool)) },
      { provide: 'given', useValue: new (disposable('given'))() },
      { provide: 'alias', useFactory: resolve => resolve('given') },
      { provide: 'never asked for', useFactory: () => new (disposable('never'))() },
    ];
    const flow = await application({ components: [Listener], providers });
    const { eventStore } = flow;
    const close = eventStore.close.bind(eventStore);
    Object.assign(eventStore, {
      close: async () => {
        await close();
        log.push('store');
      },
    });
    await flow.dispatch(new OpenAccount('a'));
    await Promise.all([flow.close(), flow.close()]);
    await flow.close();
    expect(log).toEqual(['listened', 'store', 'unlisted', 'mailer', 'pool']);
  });

  test('what cannot be disposed of is logged, and the others are disposed of', async () => {
    class Broken {
      async dispose() {
        throw new Error('stuck');
      }
    }
    class Working extends disposable('working') {}
    const errors: unknown[] = [];
    const logger = {
      error: (details: object, message: string) => errors.push({ ...details, message }),
      warn: () => {},
    };
    const flow = await application({ providers: [Working, Broken] }, { logger });
    flow.resolve(Working);
    flow.resolve(Broken);
    await flow.close();
    expect(log).toEqual(['working']);
    expect(errors).toEqual([
      { error: new Error('stuck'), kind: 'disposal', name: 'Broken', message: "The dispose() of 'Broken' failed." },
    ]);
  });

  test('what was made for a command is disposed of when the command has ended, whether it throws or not', async () => {
    class Session extends disposable('session') {}
    class Lazy extends disposable('by factory') {}
    class Transfers {
      constructor(
        @inject(Session) readonly session: Session,
        @inject('lazy') readonly lazy: Lazy,
      ) {}

      @CommandHandler(Transfer)
      async transfer({ amount }: Transfer) {
        await Promise.resolve();
        log.push('handled');
        if (amount > 5) throw new Error('too much');
      }
    }
    const providers: Provider[] = [{ provide: 'lazy', useFactory: () => new Lazy(), singleton: false }];
    const flow = await application({ components: [Transfers], providers });
    log.splice(0);
    await flow.dispatch(new Transfer('a', 'b', 1));
    await expect(flow.dispatch(new Transfer('a', 'b', 6))).rejects.toThrow('too much');
    expect(log).toEqual(['handled', 'by factory', 'session', 'handled', 'by factory', 'session']);
    await flow.close();
    expect(log).toHaveLength(6);
  });

  test('an application that cannot start disposes of what it has made', async () => {
    class Pool extends disposable('pool') {}
    class Broken {
      constructor(@inject(Pool) readonly pool: Pool) {
        throw new Error('no connection');
      }

      @EventHandler(AccountOpened)
      opened() {}
    }
    expect(await faultsOf({ components: [Broken], providers: [Pool] })).toEqual([
      expect.stringContaining('no connection'),
    ]);
    expect(log).toEqual(['pool']);
  });
});

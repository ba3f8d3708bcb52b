import 'reflect-metadata';
import {
  bootstrap,
  CommandHandler,
  defineProjection,
  EventHandler,
  type EventStore,
  Flow,
  InjectReadModel,
  InMemoryEventStore,
  Module,
  type ModuleOptions,
  Projection,
  Reactor,
  type ReadModel,
  ReplayHandler,
} from 'eventuality';
import { WiringError } from 'eventuality/errors';
import { CustomEventStore } from 'eventuality/store-kit';
import type { ProjectionOptions } from '../../src/processing';
import { Account, AccountOpened, Deposit } from '../domain/accounts';

async function faultsOf(
  options: ModuleOptions,
  eventStore: EventStore = new InMemoryEventStore(),
): Promise<readonly string[]> {
  @Module(options)
  class TestModule {}
  const refusal = await bootstrap(TestModule, { eventStore }).then(
    flow => flow.close(),
    error => error,
  );
  expect(refusal).toBeInstanceOf(WiringError);
  return refusal.faults;
}

/** A projection with these options. */
function listWith(options: ProjectionOptions) {
  @Projection('list', options)
  class List {
    @EventHandler(AccountOpened)
    opened() {}
  }
  return List;
}

test('a projection without handlers', async () => {
  @Projection('list')
  class List {}
  expect(await faultsOf({ components: [List] })).toEqual([
    'List handles no event. Decorate a method with @EventHandler, or give handlers in `on`.',
  ]);
});

test('a projection that is a listener, or has command handlers', async () => {
  @Projection('list')
  @Reactor('mailer')
  class Both {
    @EventHandler(AccountOpened)
    opened() {}

    @CommandHandler(Deposit)
    deposit() {}
  }
  expect(await faultsOf({ components: [Both] })).toEqual([
    "Both is marked with @Projection and with @Reactor. Keep one, and move the other's handlers to a class of their own.",
    'Both follows events, but it has command handlers, whose class is created for each command. Move them to a class of their own.',
  ]);
});

test('two that follow under one name', async () => {
  @Reactor('list')
  class Mailer {
    @EventHandler(AccountOpened)
    opened() {}
  }
  expect(await faultsOf({ components: [listWith({}), Mailer] })).toEqual([
    "Two projections or reactors have the name 'list': List and Mailer. Their data is stored under it: rename one of them.",
  ]);
});

test('a mode that does not exist, or that a listener cannot have', async () => {
  @Reactor('mailer', { mode: 'inline' } as object)
  class Mailer {
    @EventHandler(AccountOpened)
    opened() {}
  }
  expect(await faultsOf({ components: [listWith({ mode: 'later' as 'live' }), Mailer] })).toEqual([
    "List: mode is 'later'; it must be 'async', 'inline' or 'live'.",
    "Mailer is a reactor with the mode 'inline'. A reactor follows by checkpoint: remove the mode.",
  ]);
});

test('options that mean nothing in the mode', async () => {
  const fault = (mode: string, option: string) =>
    `List has the mode '${mode}', in which ${option} has no effect. Remove it, or use the mode 'async'.`;
  expect(await faultsOf({ components: [listWith({ mode: 'live', segments: 2, onError: 'park' })] })).toEqual([
    fault('live', 'segments'),
    fault('live', 'onError'),
  ]);
  expect(
    await faultsOf({ components: [listWith({ mode: 'inline', retry: { attempts: 2 }, sequenceBy: 'all' })] }),
  ).toEqual([fault('inline', 'sequenceBy'), fault('inline', 'retry')]);
});

test('options of the wrong kind, all of them at once', async () => {
  const options = {
    ...{ version: 0, segments: 300, sequenceBy: 'id', onError: 'go on', replay: 'maybe', indexes: ['a', 'a'] },
    retry: { attempts: 0, delay: -1 },
  };
  expect(await faultsOf({ components: [listWith(options as object)] })).toEqual([
    'List: segments is 300; it must be an integer from 1 to 256.',
    "List: sequenceBy is 'id'; it must be 'aggregate', 'all', or { key, of } with a function of the event.",
    'List: retry.attempts is 0; it must be an integer from 1.',
    'List: retry.delay is -1; it must be milliseconds from 0.',
    "List: onError is 'go on'; it must be 'park' or 'stop'.",
    "List: replay is 'maybe'; it must be 'run' or 'skip'.",
    'List: version is 0; it must be an integer from 1 to 2147483647.',
    "List is declared incorrectly: indexes[1] is 'a', which is listed already.",
  ]);
});

test('a rule for sequences without a key that names it', async () => {
  const faultsWith = (sequenceBy: unknown) => faultsOf({ components: [listWith({ sequenceBy } as object)] });
  expect(await faultsWith(() => 'customer')).toEqual([
    "List: sequenceBy is a function; give it a key that names what it returns, such as sequenceBy: { key: 'customer', of: event => ... }: it is stored, " +
      'and tells whether other code assigns events to segments in the same way.',
  ]);
  const ofKeys = "text of 1 to 255 characters without NUL, and neither 'aggregate' nor 'all'.";
  expect(await faultsWith({ key: 'all', of: () => 'customer' })).toEqual([
    `List: sequenceBy.key is 'all'; it must be ${ofKeys}`,
  ]);
  expect(await faultsWith({ key: '', off: 'customer' })).toEqual([
    `List: sequenceBy.key is ''; it must be ${ofKeys}`,
    'List: sequenceBy.of is undefined; it must be a function.',
    "List: 'off' is not an option of sequenceBy. Did you mean 'of'? Known: key, of.",
  ]);
});

test('a replay handler where nothing is replayed, or that would never be called', async () => {
  class Plain {
    @ReplayHandler(AccountOpened)
    again() {}
  }
  @Projection('alone')
  class Alone {
    @EventHandler(AccountOpened)
    opened() {}

    @ReplayHandler(Deposit)
    again() {}
  }
  @Reactor('skipping', { replay: 'skip' })
  class Skipping {
    @EventHandler(AccountOpened)
    opened() {}

    @ReplayHandler(AccountOpened)
    again() {}
  }
  expect(await faultsOf({ components: [Plain, Alone, Skipping] })).toEqual([
    'Plain has a @ReplayHandler, but replays nothing. Write @Projection or @Reactor above the class.',
    'Alone handles Deposit in replays only. Add an @EventHandler for it.',
    "Skipping has the option replay: 'skip' and a @ReplayHandler, which would never be called. Remove one of them.",
  ]);
});

test('an event store that cannot keep what projections make', async () => {
  const store = new InMemoryEventStore();
  const bare = new CustomEventStore({ append: appends => store.append(appends), readAll: page => store.readAll(page) });
  expect(await faultsOf({ components: [listWith({})] }, bare)).toEqual([
    'List needs an event store that keeps documents and checkpoints; this one has no `projections`, or not all of it. Use another store, or ' +
      "the mode 'live'.",
  ]);
  const { projections } = store;
  const halves = Object.assign(Object.create(projections), { transaction: undefined });
  const half = new CustomEventStore({
    append: appends => store.append(appends),
    readAll: page => store.readAll(page),
    projections: halves,
  });
  expect(await faultsOf({ components: [listWith({ mode: 'inline' })] }, half)).toEqual([
    "List has the mode 'inline', and the event store has no `projections.transaction`. Use the mode 'async'.",
  ]);
});

test('the read model of a class that is no projection, or no component', async () => {
  class NoProjection {}
  class Reading {
    constructor(
      @InjectReadModel(NoProjection) readonly first: ReadModel,
      @InjectReadModel(listWith({})) readonly second: ReadModel,
    ) {}

    @EventHandler(AccountOpened)
    opened() {}
  }
  expect(await faultsOf({ components: [Reading, Account] })).toEqual([
    "Reading: the first constructor parameter 'first' is the read model of NoProjection, which is not a projection of any module. Write " +
      '@Projection above the class, and add it to the components.',
    "Reading: the second constructor parameter 'second' is the read model of List, which is not a projection of any module. Write " +
      '@Projection above the class, and add it to the components.',
  ]);
});

test('a projection whose constructor throws is a fault, and nothing is started', async () => {
  @Projection('broken')
  class Broken {
    constructor() {
      throw new Error('no connection');
    }

    @EventHandler(AccountOpened)
    opened() {}
  }
  const eventStore = new InMemoryEventStore();
  expect(await faultsOf({ components: [Broken] }, eventStore)).toEqual([
    expect.stringMatching(/^Broken cannot be created: .*no connection/s),
  ]);
  await new Promise(setImmediate);
  expect(await eventStore.projections.versions('broken')).toEqual([]);
});

test('definitions by hand are checked the same way by a flow', () => {
  const [one, other] = ['async', 'live'].map(mode =>
    defineProjection({ name: 'list', mode: mode as 'live', on: { Opened: () => undefined } }),
  );
  expect(() => new Flow({ eventStore: new InMemoryEventStore(), processors: [one!, other!] })).toThrow(
    /Two projections or reactors have the name 'list': The projection 'list' and The projection 'list'/,
  );
});

test('a name is needed in the decorators', () => {
  expect(() => Projection('')).toThrow(
    "@Projection needs a durable name, text of 1 to 255 characters without NUL; it received ''.",
  );
  expect(() => Reactor(undefined as unknown as string)).toThrow('@Reactor needs a durable name');
});

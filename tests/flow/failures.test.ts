import {
  bootstrap,
  CommandHandler,
  defineAggregate,
  defineProjection,
  Event,
  EventBus,
  EventHandler,
  type FailureContext,
  Flow,
  InMemoryEventStore,
  Module,
  type OnError,
} from 'eventuality';
import { ForwardingEventStore, InMemorySnapshotStore } from 'eventuality/store-kit';
import { inject } from 'tsyringe';
import { Account, Deposit, Open } from '../domain/snapshots';
import { CreateTodo, Todo, TodoCreated } from '../domain/todo';
import { SILENT } from '../support/logger';

const failing = {
  TodoCreated: function audit() {
    throw new Error('no space left');
  },
};

function recording() {
  const failures: [unknown, FailureContext][] = [];
  const onError: OnError = (...failure) => failures.push(failure);
  return { failures, onError };
}

const theFailure = [
  [
    expect.objectContaining({ message: 'no space left' }),
    expect.objectContaining({ kind: 'listener', event: expect.objectContaining({ name: 'TodoCreated' }) }),
  ],
];

describe('the hook of a flow', () => {
  it.each<[string, (onError: OnError) => Flow]>([
    ['that makes its bus', onError => new Flow({ ...parts(), listeners: failing, onError })],
    [
      'that is given a bus',
      onError => new Flow({ ...parts(), eventBus: new EventBus({ logger: SILENT }), listeners: failing, onError }),
    ],
    ['whose logger throws', onError => new Flow({ ...parts(), logger: broken, listeners: failing, onError })],
    [
      'whose bus has a logger that throws',
      onError => new Flow({ ...parts(), eventBus: new EventBus({ logger: broken }), listeners: failing, onError }),
    ],
    [
      'whose bus has a hook that throws',
      onError =>
        new Flow({
          ...parts(),
          eventBus: new EventBus({ logger: SILENT, onError: throwing }),
          listeners: failing,
          onError,
        }),
    ],
    [
      'whose bus has the same hook',
      onError =>
        new Flow({ ...parts(), eventBus: new EventBus({ logger: SILENT, onError }), listeners: failing, onError }),
    ],
  ])('%s is told of a listener that fails, once', async (_, open) => {
    const printed = jest.spyOn(console, 'error').mockImplementation();
    const { failures, onError } = recording();
    const flow = open(onError);
    await flow.dispatch(new CreateTodo('1', 'Buy milk'));
    await flow.close();
    printed.mockRestore();
    expect(failures).toEqual(theFailure);
  });

  it('is told of the events of its own flow only, where two share a bus', async () => {
    const [one, other] = [recording(), recording()];
    const eventBus = new EventBus({ logger: SILENT });
    const flow = new Flow({ ...parts(), eventBus, listeners: failing, onError: one.onError });
    const another = new Flow({ ...parts(), eventBus, onError: other.onError });
    await flow.dispatch(new CreateTodo('1', 'Buy milk'));
    await Promise.all([flow.close(), another.close()]);
    expect([one.failures.length, other.failures.length]).toEqual([1, 0]);
  });

  it('is told which method of a class failed, also where bootstrap is given a bus', async () => {
    class Audit {
      @EventHandler(TodoCreated)
      created() {
        throw new Error('no space left');
      }
    }
    @Module({ components: [Todo, Audit] })
    class App {}
    for (const eventBus of [undefined, new EventBus({ logger: SILENT })]) {
      const { failures, onError } = recording();
      const flow = await bootstrap(App, { logger: SILENT, onError, ...(eventBus && { eventBus }) });
      await flow.dispatch(new CreateTodo('1', 'Buy milk'));
      await flow.close();
      expect(failures).toEqual(theFailure);
      expect(failures[0]![1].name).toBe('Audit.created');
    }
  });

  it('must be a function, and closeTimeout a time', () => {
    const wrong = { ...parts(), onError: 'log' as never, closeTimeout: -1 };
    expect(() => new Flow(wrong)).toThrow(
      expect.objectContaining({
        faults: [
          `onError is 'log'; it must be a function.`,
          'closeTimeout is -1; it must be milliseconds from 0, or Infinity.',
        ],
      }),
    );
  });
});

describe('the hook is told of what fails in the background', () => {
  const flows: Flow[] = [];
  let printed: jest.SpyInstance;
  beforeEach(() => {
    printed = jest.spyOn(console, 'error').mockImplementation();
  });
  afterEach(async () => {
    for (const flow of flows.splice(0)) await flow.close();
    printed.mockRestore();
  });
  const opened = <F extends Flow>(flow: F): F => {
    flows.push(flow);
    return flow;
  };
  /** Fails where a test wants it to. */
  const failing = (what: string) => () => Promise.reject(new Error(what));

  it('a dispose() that fails, at the end of a command and of the application', async () => {
    class Pool {
      async dispose() {
        throw new Error('still busy');
      }
    }
    class Session extends Pool {}
    class Deposits {
      constructor(
        @inject(Session) readonly session: Session,
        @inject(Pool) readonly pool: Pool,
      ) {}

      @CommandHandler(Deposit)
      async deposit() {
        await Promise.resolve();
      }
    }
    @Module({ components: [Deposits], providers: [Pool] })
    class App {}
    const { failures, onError } = recording();
    const flow = opened(await bootstrap(App, { logger: broken, onError }));
    const failure = (name: string) => [new Error('still busy'), { kind: 'disposal', name }];
    await flow.dispatch(new Deposit('a', 1));
    expect(failures.splice(0)).toEqual([failure('Session')]);
    await flow.close();
    expect(failures).toEqual([failure('Pool')]);
  });

  it.each(['save', 'load', 'delete'] as const)('a snapshot store that fails: %s', async method => {
    const { failures, onError } = recording();
    const snapshotStore = Object.assign(new InMemorySnapshotStore(), { [method]: failing(`no ${method}`) });
    const eventStore = new InMemoryEventStore();
    const flow = opened(new Flow({ eventStore, snapshotStore, aggregates: [Account], logger: broken, onError }));
    await flow.dispatch(new Open('a'));
    for (let n = 0; n < 5; n++) await flow.dispatch(new Deposit('a', 1));
    await flow.repository(Account).drain();
    await flow.repository(Account).delete('a');
    await flow.repository(Account).drain();
    const failure = [new Error(`no ${method}`), { kind: 'snapshot', name: 'Account', aggregateId: 'a' }];
    expect(failures).toContainEqual(failure);
    expect(new Set(failures.map(([, { kind }]) => kind))).toEqual(new Set(['snapshot']));
  });

  it('an aggregate of which no snapshot can be taken, once', async () => {
    const { failures, onError } = recording();
    const Forgetful = defineAggregate({
      name: 'Forgetful',
      state: { count: 0 },
      on: { Counted: ({ count }) => ({ count: count + 1 }) },
      commands: {
        Count: {
          creates: 'if-missing',
          decide: (_, { id }) => Event({ aggregateId: id, name: 'Counted', payload: {} }),
        },
      },
      snapshot: {
        ...{ every: 1, version: 1 },
        take(): never {
          throw new Error('not now');
        },
        restore: () => ({ count: 0 }),
      },
    });
    const flow = opened(
      new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Forgetful], logger: broken, onError }),
    );
    for (const id of ['a', 'b']) await flow.dispatch({ name: 'Count', message: { id } });
    await flow.repository(Forgetful).drain();
    expect(failures).toEqual([
      [
        expect.objectContaining({ code: 'SNAPSHOT_REFUSED' }),
        { kind: 'snapshot', name: 'Forgetful', aggregateId: 'a' },
      ],
    ]);
  });

  it('the claim of a command that could not be released', async () => {
    const { failures, onError } = recording();
    class Unreleased extends ForwardingEventStore {
      override get commands() {
        const { commands } = this.inner;
        return new Proxy(commands!, {
          get: (target, name) =>
            name === 'release' ? failing('no release') : Reflect.get(target, name, target)?.bind?.(target),
        });
      }
    }
    const flow = opened(
      new Flow({
        eventStore: new Unreleased(new InMemoryEventStore()),
        commandHandlers: { Fail: failing('no such account') },
        logger: broken,
        onError,
      }),
    );
    const dispatched = flow.dispatch({ name: 'Fail', message: {} }, { commandId: 'c1' });
    await expect(dispatched).rejects.toThrow('no such account');
    expect(failures).toEqual([[new Error('no release'), { kind: 'command', name: 'Fail', commandId: 'c1' }]]);
  });

  it('a store that could not take the page of a projection, which goes on afterwards', async () => {
    const { failures, onError } = recording();
    const eventStore = new InMemoryEventStore();
    const { projections } = eventStore;
    const commit = projections.commit.bind(projections);
    let failed = false;
    projections.commit = async given => {
      if (!failed && given.writes.length > 0) {
        failed = true;
        throw new Error('the disk is full');
      }
      return commit(given);
    };
    const todos = defineProjection({
      name: 'todos',
      on: { TodoCreated: (_, { documents, event }) => documents.set(event.aggregateId, {}) },
    });
    const flow = opened(new Flow({ eventStore, aggregates: [Todo], processors: [todos], logger: broken, onError }));
    await flow.dispatch(new CreateTodo('1', 'Buy milk'), { waitFor: ['todos'] });
    expect(failures).toEqual([[new Error('the disk is full'), { kind: 'projection', name: 'todos', segment: 0 }]]);
    expect((await flow.readModel('todos').find()).items).toHaveLength(1);
  });
});

describe('closing', () => {
  it('goes on after closeTimeout where a listener never returns, and says which one', async () => {
    const { failures, onError } = recording();
    const eventStore = new InMemoryEventStore();
    const listeners = {
      TodoCreated: [
        function hanging() {
          return new Promise(() => undefined);
        },
      ],
    };
    const flow = new Flow({ ...parts(), eventStore, listeners, onError, closeTimeout: 30 });
    await flow.dispatch(new CreateTodo('1', 'Buy milk'));
    await flow.dispatch(new CreateTodo('2', 'Drink it'));
    await flow.close();
    expect(failures).toEqual([
      [expect.objectContaining({ code: 'LISTENER_TIMEOUT', listener: 'hanging', waiting: 1 }), expect.anything()],
    ]);
    await expect(eventStore.readAll()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  it('waits for a listener that takes its time', async () => {
    const heard: string[] = [];
    const listeners = {
      TodoCreated: () => new Promise<void>(resolve => setTimeout(() => resolve(void heard.push('done')), 60)),
    };
    const flow = new Flow({ ...parts(), listeners, closeTimeout: 5000 });
    await flow.dispatch(new CreateTodo('1', 'Buy milk'));
    await flow.close();
    expect(heard).toEqual(['done']);
  });
});

const throwing = (): never => {
  throw new Error('broken, too');
};
const broken = { error: throwing, warn: throwing };
const parts = () => ({ eventStore: new InMemoryEventStore(), aggregates: [Todo], logger: SILENT });

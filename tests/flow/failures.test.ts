import {
  bootstrap,
  EventBus,
  EventHandler,
  type FailureContext,
  Flow,
  InMemoryEventStore,
  Module,
  type OnError,
} from 'eventuality';
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

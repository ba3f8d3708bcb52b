import {
  AggregateAlreadyExistsError,
  ConcurrencyError,
  defineAggregate,
  Event,
  EventBus,
  type EventStore,
  Flow,
  type FlowParts,
  type HandlerContext,
  InMemoryEventStore,
  Repository,
} from 'eventuality';
import { UnitOfWorkClosedError } from 'eventuality/errors';
import { Account } from '../domain/accounts';
import { withStores } from '../support/stores/stores';
import { TESTED } from '../support/stores/tested';

const Todo = defineAggregate({
  name: 'Todo',
  state: { description: '', completed: false },
  methods: {
    complete() {
      return this.state.completed ? [] : Event({ aggregateId: this.id, name: 'TodoCompleted', payload: {} });
    },
    async completeLater() {
      await new Promise(resolve => setTimeout(resolve, 1));
      return Event({ aggregateId: this.id, name: 'TodoCompleted', payload: {} });
    },
  },
  on: { TodoCompleted: state => ({ ...state, completed: true }) },
});

type Handlers = NonNullable<FlowParts['commandHandlers']>;
type Todos = Repository<any>;

/** A flow of functions over a repository made by hand, and what its bus was given. */
function flowOf(handlers: (todos: Todos) => Handlers, store: EventStore = new InMemoryEventStore()) {
  const todos = new Repository(Todo, store);
  const eventBus = new EventBus();
  const heard: string[] = [];
  eventBus.subscribeAll(({ name, aggregateId }) => heard.push(`${name} ${aggregateId}`));
  const flow = new Flow({ eventStore: store, eventBus, commandHandlers: handlers(todos) });
  const dispatch = (name: string, message: object = {}, options = {}) => flow.dispatch({ name, message }, options);
  return { flow, store, todos, heard, dispatch };
}

const founding = (todos: Todos): Handlers => ({
  CreateTodo: attributes => todos.add(attributes),
  MarkAsCompleted: async ({ id }) => (await todos.load(id)).complete(),
});

describe.each(TESTED)('the founding example, on %s', name => {
  test('runs as it was first written: what an action returned is appended, published, and in the outcome', () =>
    withStores(name, 1, async ([store]) => {
      const { flow, dispatch, heard, todos } = flowOf(founding, store);
      const created = await dispatch('CreateTodo', { id: 'todo1', description: 'Create a todo' });
      const completed = await dispatch('MarkAsCompleted', { id: 'todo1' });
      const again = await dispatch('MarkAsCompleted', { id: 'todo1' });
      expect(created).toMatchObject({
        succeeded: true,
        aggregateId: 'todo1',
        version: 1,
        events: [{ name: 'TodoCreated' }],
      });
      expect(completed).toMatchObject({
        succeeded: true,
        version: 2,
        events: [{ name: 'TodoCompleted', metadata: { commandName: 'MarkAsCompleted' } }],
      });
      expect(again).toMatchObject({ succeeded: false, events: [], version: 2 });
      expect((await todos.load('todo1')).state).toEqual({ description: 'Create a todo', completed: true });
      await expect(dispatch('CreateTodo', { id: 'todo1', description: 'again' })).rejects.toBeInstanceOf(
        AggregateAlreadyExistsError,
      );
      await flow.eventBus!.drain();
      expect(heard).toEqual(['TodoCreated todo1', 'TodoCompleted todo1']);
      await flow.close();
    }));
});

describe('the events that a handler function returns', () => {
  const two = async ({ dispatch }: Pick<ReturnType<typeof flowOf>, 'dispatch'>) => {
    for (const id of ['1', '2']) await dispatch('CreateTodo', { id, description: id });
  };

  test('count once when they are saved as well', async () => {
    const started = flowOf(todos => ({
      ...founding(todos),
      async Both({ id }) {
        const todo = await todos.load(id);
        const events = todo.complete();
        await todos.save(todo);
        return events;
      },
    }));
    await two(started);
    expect((await started.dispatch('Both', { id: '1' })).events).toHaveLength(1);
    expect(await started.store.readAll()).toHaveLength(3);
  });

  test('of the actions of two aggregates are one append', async () => {
    const started = flowOf(todos => ({
      ...founding(todos),
      All: async ({ ids }) =>
        Promise.all((await Promise.all(ids.map((id: string) => todos.load(id)))).map(todo => todo.complete())),
    }));
    await two(started);
    const appends: number[] = [];
    const append = started.store.append.bind(started.store);
    started.store.append = (...all) => {
      appends.push(all[0].length);
      return append(...all);
    };
    expect((await started.dispatch('All', { ids: ['1', '2'] })).events.map(({ aggregateId }) => aggregateId)).toEqual([
      '1',
      '2',
    ]);
    expect(appends).toEqual([2]);
  });

  test('of an asynchronous action are its events', async () => {
    const started = flowOf(todos => ({
      ...founding(todos),
      Later: async ({ id }) => (await todos.load(id)).completeLater(),
    }));
    await two(started);
    expect((await started.dispatch('Later', { id: '1' })).version).toBe(2);
  });

  test('are appended with the version that was loaded: the handler runs again after a conflict', async () => {
    let runs = 0;
    const started = flowOf(todos => ({
      ...founding(todos),
      async Slow({ id }) {
        const todo = await todos.load(id);
        if (++runs === 1) {
          const events = [{ name: 'TodoCompleted', payload: {} }];
          await started.store.append([{ stream: { aggregateName: 'Todo', aggregateId: id }, expected: 'any', events }]);
        }
        return todo.complete();
      },
    }));
    await two(started);
    expect(await started.dispatch('Slow', { id: '1' })).toMatchObject({ succeeded: false, version: 2 });
    expect(runs).toBe(2);
  });

  test('of a class that applies them are found, and one that is not applied yet belongs to the aggregate that was loaded', async () => {
    const store = new InMemoryEventStore();
    const accounts = new Repository(Account, store);
    const flow = new Flow({
      eventStore: store,
      aggregates: [Account],
      commandHandlers: {
        Pay: async ({ id }) => (await accounts.load(id)).deposit({ id, amount: 5 }),
        PayIn: async ({ id }) => (await accounts.load(id)).receive(5),
        TwoLoaded: async ({ id }) =>
          [await accounts.load(id), (await accounts.load('b')).deposit({ id, amount: 1 })][1],
      },
    });
    for (const id of ['a', 'b']) await flow.dispatch({ name: 'OpenAccount', message: { id } });
    expect((await flow.dispatch({ name: 'Pay', message: { id: 'a' } })).version).toBe(2);
    expect((await accounts.load('a')).balance).toBe(5);
    expect((await flow.dispatch({ name: 'PayIn', message: { id: 'a' } })).succeeded).toBe(false);
    await expect(flow.dispatch({ name: 'TwoLoaded', message: { id: 'a' } })).rejects.toMatchObject({
      code: 'INVALID_DECISION',
    });
    await flow.close();
  });

  test('that are plain belong to the aggregate they name: the one that was loaded, else any', async () => {
    const started = flowOf(todos => ({
      ...founding(todos),
      Loaded: async ({ id }) =>
        [await todos.load(id), Event({ aggregateId: id, name: 'TodoCompleted', payload: {} })][1],
      Other: async ({ id }) =>
        [await todos.load(id), Event({ aggregateName: 'Note', aggregateId: 'n', name: 'Noted', payload: {} })][1],
    }));
    await two(started);
    expect((await started.dispatch('Loaded', { id: '1' })).events).toMatchObject([
      { aggregateName: 'Todo', aggregateId: '1', version: 2 },
    ]);
    expect((await started.dispatch('Other', { id: '1' })).events).toMatchObject([
      { aggregateName: 'Note', aggregateId: 'n', version: 1 },
    ]);
  });
});

describe('a repository made by hand', () => {
  test('takes part in the unit of work wherever in a handler it is used: what it saves is published, in the outcome, or not stored at all', async () => {
    const { flow, dispatch, heard, store } = flowOf(todos => ({
      ...founding(todos),
      async Late({ id, fail }) {
        await new Promise(resolve => setTimeout(resolve, 1));
        const todo = await todos.load(id);
        todo.complete();
        await new Promise(resolve => setTimeout(resolve, 1));
        expect(await todos.save(todo)).toEqual([]);
        if (fail) throw new Error('after the save');
      },
    }));
    await dispatch('CreateTodo', { id: '1' });
    await expect(dispatch('Late', { id: '1', fail: true })).rejects.toThrow('after the save');
    expect(await store.readAll()).toHaveLength(1);
    expect((await dispatch('Late', { id: '1' })).events).toMatchObject([{ name: 'TodoCompleted' }]);
    await flow.eventBus!.drain();
    expect(heard).toEqual(['TodoCreated 1', 'TodoCompleted 1']);
  });

  test('saves two aggregates together, or neither, where the caller pins a version', async () => {
    const { dispatch, store } = flowOf(todos => ({
      ...founding(todos),
      async Both({ ids }) {
        for (const id of ids) {
          const todo = await todos.load(id);
          todo.complete();
          await todos.save(todo);
        }
      },
    }));
    for (const id of ['1', '2']) await dispatch('CreateTodo', { id });
    await expect(dispatch('Both', { ids: ['1', '2'] }, { expectedVersion: 2 })).rejects.toMatchObject({
      code: 'CONCURRENCY',
      actual: 1,
    });
    expect(await store.readAll()).toHaveLength(2);
    expect((await dispatch('Both', { ids: ['1', '2'] }, { expectedVersion: 1 })).events).toHaveLength(2);
  });

  test('stores at once outside of handlers, also while a handler runs, and in listeners', async () => {
    const started = flowOf(todos => ({
      ...founding(todos),
      Wait: () => new Promise(resolve => setTimeout(resolve, 20)),
    }));
    const waiting = started.dispatch('Wait');
    expect(await started.todos.add({ id: '1' })).toHaveLength(1);
    await waiting;
    started.flow.eventBus!.subscribe('TodoCreated', async ({ aggregateId }) => {
      const todo = await started.todos.load(aggregateId);
      todo.complete();
      expect(await started.todos.save(todo)).toHaveLength(1);
    });
    await started.dispatch('CreateTodo', { id: '2' });
    await started.flow.eventBus!.drain();
    expect((await started.todos.load('2')).state.completed).toBe(true);
  });

  test('of a command that a handler dispatches belongs to that command', async () => {
    const { dispatch, store } = flowOf(todos => ({
      ...founding(todos),
      async Outer(_: object, context: HandlerContext) {
        await todos.add({ id: 'outer' });
        const inner = await context.dispatch({ name: 'CreateTodo', message: { id: 'inner' } });
        expect(inner.events).toMatchObject([{ aggregateId: 'inner' }]);
      },
    }));
    expect((await dispatch('Outer')).events).toMatchObject([
      { aggregateId: 'outer', metadata: { commandName: 'Outer' } },
    ]);
    expect((await store.readAll()).map(({ metadata }) => metadata.commandName)).toEqual(['CreateTodo', 'Outer']);
  });

  test('is refused after the handler has returned', async () => {
    let late: Promise<unknown> | undefined;
    const { dispatch } = flowOf(todos => ({
      ...founding(todos),
      Forgetful: ({ id }) => {
        late = new Promise(resolve => setTimeout(resolve, 10)).then(() => todos.load(id));
      },
    }));
    await dispatch('CreateTodo', { id: '1' });
    await dispatch('Forgetful', { id: '1' });
    await expect(late).rejects.toBeInstanceOf(UnitOfWorkClosedError);
  });
});

describe('the version that a caller pins', () => {
  const started = () =>
    flowOf(todos => ({
      ...founding(todos),
      Look: async ({ id }) => void (await todos.load(id)),
      Note: ({ id }) => Event({ aggregateName: 'Note', aggregateId: id, name: 'Noted', payload: {} }),
    }));

  test('counts where nothing is decided, too', async () => {
    const { dispatch } = started();
    await dispatch('CreateTodo', { id: '1' });
    await expect(dispatch('Look', { id: '1' }, { expectedVersion: 7 })).rejects.toMatchObject({
      code: 'CONCURRENCY',
      expected: 7,
      actual: 1,
    });
    expect((await dispatch('Look', { id: '1' }, { expectedVersion: 1 })).succeeded).toBe(false);
  });

  test('is that of the aggregate of a plain event', async () => {
    const { dispatch } = started();
    await dispatch('Note', { id: 'n' });
    expect((await dispatch('Note', { id: 'n' }, { expectedVersion: 1 })).version).toBe(2);
    await expect(dispatch('Note', { id: 'n' }, { expectedVersion: 1 })).rejects.toBeInstanceOf(ConcurrencyError);
  });
});

describe('an aggregate that is added in a handler', () => {
  test.each(['injected', 'by hand'])(
    'under an id that is taken rejects with AggregateAlreadyExistsError, without another try: a repository %s',
    async how => {
      let runs = 0;
      const { dispatch, store } = flowOf(todos => ({
        Add({ id }, context: HandlerContext) {
          runs++;
          return (how === 'injected' ? context.repository(Todo) : todos).add({ id } as never);
        },
      }));
      await dispatch('Add', { id: '1' });
      await expect(dispatch('Add', { id: '1' })).rejects.toBeInstanceOf(AggregateAlreadyExistsError);
      expect(runs).toBe(2);
      expect(await store.readAll()).toHaveLength(1);
    },
  );

  test('without an event, or with an id that is too long, is refused', async () => {
    const accounts = new Repository(Account, new InMemoryEventStore());
    await expect(accounts.add(new Account('a'))).rejects.toMatchObject({
      code: 'NOTHING_TO_ADD',
      message: expect.stringContaining("Account 'a'"),
    });
    const long = new Account('x'.repeat(256));
    long.receive(1);
    await expect(accounts.add(long)).rejects.toMatchObject({ code: 'MISSING_AGGREGATE_ID' });
  });
});

test('an event that names another aggregate is not recorded in the stream of the one that decided on it', async () => {
  const Foreign = defineAggregate({
    name: 'Foreign',
    state: {},
    commands: {
      Do: { creates: 'if-missing', decide: () => Event({ aggregateId: 'another todo', name: 'Done', payload: {} }) },
    },
  });
  const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Foreign] });
  await expect(flow.dispatch({ name: 'Do', message: { id: '1' } })).rejects.toMatchObject({
    code: 'FOREIGN_EVENT',
    message:
      "The event Done of Foreign 'another todo' was applied to Foreign '1'. An aggregate applies only its own events: { aggregateId: this.id }.",
  });
  await flow.close();
});

import {
  bootstrap,
  defineAggregate,
  Event,
  EventBus,
  EventHandler,
  Flow,
  InMemoryEventStore,
  Module,
  type RecordedEvent,
  Repository,
} from 'eventuality';
import { CustomEventStore } from 'eventuality/store-kit';
import { CompleteTodo, CreateTodo, Todo, TodoCompleted, TodoCreated } from '../domain/todo';
import { SILENT } from '../support/logger';

/** A store whose parts the user replaced: it counts what goes through it. */
function overriddenStore() {
  const store = new InMemoryEventStore();
  const appended: string[] = [];
  const custom = new CustomEventStore({
    append: appends => {
      appended.push(...appends.flatMap(({ events }) => events.map(({ name }) => name)));
      return store.append(appends);
    },
    readAll: page => store.readAll(page),
  });
  return { custom, appended };
}

describe('the founding story, decorated', () => {
  class Told {
    readonly events: string[] = [];

    @EventHandler(TodoCreated)
    created({ description }: TodoCreated) {
      this.events.push(`created: ${description}`);
    }

    @EventHandler(TodoCompleted)
    completed(event: TodoCompleted) {
      this.events.push(`completed: ${event instanceof TodoCompleted}`);
    }
  }

  class Broken {
    @EventHandler(TodoCreated)
    created() {
      throw new Error('This listener is broken.');
    }
  }

  @Module({ components: [Todo, Broken, Told] })
  class TodoModule {}

  test('creates and completes a todo, tells the listeners, and fails where it should', async () => {
    const { custom, appended } = overriddenStore();
    const failures: unknown[] = [];
    const flow = await bootstrap(TodoModule, {
      eventStore: custom,
      logger: SILENT,
      onError: error => failures.push(error),
    });

    const created = await flow.dispatch(new CreateTodo('todo1', 'Create a todo'));
    const completed = await flow.dispatch(new CompleteTodo('todo1'));
    const again = await flow.dispatch(new CompleteTodo('todo1'));

    expect(created).toMatchObject({ succeeded: true, aggregateId: 'todo1', version: 1, position: 1n });
    expect(created.events.map(({ payload }) => payload)).toEqual([new TodoCreated('Create a todo')]);
    expect(completed).toMatchObject({ succeeded: true, version: 2, position: 2n });
    expect(again).toEqual({ events: [], succeeded: false, aggregateId: 'todo1', version: 2, position: undefined });
    await expect(flow.repository(Todo).load('todo2')).rejects.toMatchObject({ code: 'AGGREGATE_NOT_FOUND' });
    expect(await flow.repository(Todo).find('todo2')).toBeNull();
    expect(await flow.repository(Todo).load('todo1')).toMatchObject({ description: 'Create a todo', completed: true });
    expect(appended).toEqual(['TodoCreated', 'TodoCompleted']);

    await flow.close();
    expect(flow.resolve(Told).events).toEqual(['created: Create a todo', 'completed: true']);
    expect(failures).toEqual([new Error('This listener is broken.')]);
  });
});

describe('the founding story, plain', () => {
  const definition = defineAggregate({
    name: 'Todo',
    state: { description: '', completed: false },
    methods: {
      complete() {
        return this.state.completed ? [] : Event({ aggregateId: this.id, name: 'TodoCompleted', payload: {} });
      },
    },
    on: {
      TodoCompleted(state) {
        return { ...state, completed: true };
      },
    },
  });

  test('creates and completes a todo, tells the listeners, and fails where it should', async () => {
    const { custom, appended } = overriddenStore();
    const failures: unknown[] = [];
    const told: RecordedEvent[] = [];
    const todos = new Repository(definition, custom);
    const bus = new EventBus({ logger: SILENT, onError: error => failures.push(error) });
    bus.subscribe('TodoCreated', () => {
      throw new Error('This listener is broken.');
    });
    bus.subscribe('TodoCreated', event => told.push(event));
    bus.subscribe('TodoCompleted', event => told.push(event));
    const flow = new Flow({
      eventStore: custom,
      eventBus: bus,
      commandHandlers: {
        CreateTodo: attributes => todos.add(attributes),
        CompleteTodo: async ({ id }) => (await todos.load(id)).complete(),
      },
    });

    const created = await flow.dispatch({ name: 'CreateTodo', message: { id: 'todo1', description: 'Create a todo' } });
    const completed = await flow.dispatch({ name: 'CompleteTodo', message: { id: 'todo1' } });
    const again = await flow.dispatch({ name: 'CompleteTodo', message: { id: 'todo1' } });

    expect(created).toMatchObject({ succeeded: true, aggregateId: 'todo1', version: 1, position: 1n });
    expect(created.events).toMatchObject([
      { name: 'TodoCreated', payload: { description: 'Create a todo' }, metadata: { commandName: 'CreateTodo' } },
    ]);
    expect(completed).toMatchObject({ succeeded: true, version: 2, position: 2n });
    expect(again).toMatchObject({ events: [], succeeded: false });
    await expect(todos.load('todo2')).rejects.toMatchObject({ code: 'AGGREGATE_NOT_FOUND' });
    expect((await todos.load('todo1')).state).toEqual({ description: 'Create a todo', completed: true });
    expect(appended).toEqual(['TodoCreated', 'TodoCompleted']);

    await flow.close();
    expect(told.map(({ name, aggregateId }) => [name, aggregateId])).toEqual([
      ['TodoCreated', 'todo1'],
      ['TodoCompleted', 'todo1'],
    ]);
    expect(failures).toEqual([new Error('This listener is broken.')]);
  });

  test('rejects a repetition of the creation and leaves the first todo as it was', async () => {
    const todos = new Repository(definition, new InMemoryEventStore());
    await todos.add({ id: 'todo1', description: 'first' });
    await expect(todos.add({ id: 'todo1', description: 'second' })).rejects.toMatchObject({
      code: 'AGGREGATE_ALREADY_EXISTS',
    });
    expect((await todos.load('todo1')).state.description).toBe('first');
  });
});

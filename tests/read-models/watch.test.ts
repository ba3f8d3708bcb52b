import 'reflect-metadata';
import {
  type Application,
  bootstrap,
  EventHandler,
  FlowClosedError,
  InjectReadModel,
  InMemoryEventStore,
  Module,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  type ReadModel,
} from 'eventuality';
import { CompleteTodo, CreateTodo, RenameTodo, Todo, TodoCompleted, TodoCreated } from '../domain/todo';

interface TodoView {
  readonly id: string;
  readonly description: string;
  readonly completed: boolean;
}

@Projection('todo-list', { mode: 'live', indexes: ['completed'] })
class TodoList {
  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    documents.set(event.aggregateId, { id: event.aggregateId, description, completed: false });
  }

  @EventHandler(TodoCompleted)
  async completed(_event: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { completed: true });
  }
}

class OpenTodos extends Query<string[]> {}

class Todos {
  asked = 0;
  broken = false;

  constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}

  @QueryHandler(OpenTodos)
  async open() {
    this.asked++;
    if (this.broken) throw new Error('the query is broken');
    const open = [];
    for await (const { description } of this.todos.all({ where: { completed: false } })) open.push(description);
    return open;
  }
}

@Module({ components: [Todo, TodoList, Todos] })
class TodoModule {}

let running: Application[] = [];
afterEach(async () => {
  await Promise.all(running.map(flow => flow.close()));
  running = [];
});
async function start(): Promise<Application> {
  const flow = await bootstrap(TodoModule);
  running.push(flow);
  return flow;
}

const iterator = <T>(iterable: AsyncIterable<T>): AsyncIterator<T> => iterable[Symbol.asyncIterator]();
const value = <T>(value: T) => ({ done: false, value });
const end = { done: true, value: undefined };

test('gives the result now, and again after each change that touches it', async () => {
  const flow = await start();
  const watch = iterator(flow.watch(new OpenTodos()));
  expect(await watch.next()).toEqual(value([]));
  const next = watch.next();
  await flow.dispatch(new CreateTodo('1', 'Buy milk'));
  expect(await next).toEqual(value(['Buy milk']));
  await flow.dispatch(new CreateTodo('2', 'Buy bread'));
  await flow.dispatch(new CompleteTodo('1'));
  expect(await watch.next()).toEqual(value(['Buy bread']));
  await flow.close();
  expect(await watch.next()).toEqual(end);
});

test('does not repeat a result that did not change', async () => {
  const flow = await start();
  await flow.dispatch(new CreateTodo('1', 'Buy milk'));
  const watch = iterator(flow.watch(new OpenTodos()));
  expect(await watch.next()).toEqual(value(['Buy milk']));
  const next = watch.next();
  await flow.dispatch(new RenameTodo('1', 'Buy oat milk'));
  await flow.dispatch(new CreateTodo('2', 'Buy bread'));
  expect(await next).toEqual(value(['Buy milk', 'Buy bread']));
  await flow.close();
});

test('a slow reader gets the newest result, and the query is asked once for it', async () => {
  const flow = await start();
  const watch = iterator(flow.watch(new OpenTodos()));
  await watch.next();
  const settled = watch.next();
  await flow.dispatch(new CreateTodo('0', 'first'));
  await settled;
  const { asked } = flow.resolve(Todos);
  for (let n = 1; n <= 100; n++) await flow.dispatch(new CreateTodo(`${n}`, `todo ${n}`));
  expect((await watch.next()).value).toHaveLength(101);
  expect(flow.resolve(Todos).asked - asked).toBeLessThanOrEqual(2);
  await flow.close();
});

test('ends when the signal is aborted, when the loop is left, and when the flow is closed, also while it waits', async () => {
  const flow = await start();
  const ending = new AbortController();
  const aborted = iterator(flow.watch(new OpenTodos(), { signal: ending.signal }));
  const returned = iterator(flow.watch(new OpenTodos()));
  const closed = iterator(flow.watch(new OpenTodos()));
  for (const each of [aborted, returned, closed]) await each.next();
  const [first, second, third] = [aborted.next(), returned.next(), closed.next()];
  ending.abort();
  expect(await first).toEqual(end);
  expect(await returned.return!()).toEqual(end);
  expect(await second).toEqual(end);
  await flow.close();
  expect(await third).toEqual(end);
  expect(() => flow.watch(new OpenTodos())).toThrow(FlowClosedError);
});

test('a signal that is aborted already gives nothing', async () => {
  const flow = await start();
  expect(await iterator(flow.watch(new OpenTodos(), { signal: AbortSignal.abort() })).next()).toEqual(end);
  expect(flow.resolve(Todos).asked).toBe(0);
  await flow.close();
});

test('an error of the handler ends the iteration with that error', async () => {
  const flow = await start();
  const watch = iterator(flow.watch(new OpenTodos()));
  await watch.next();
  flow.resolve(Todos).broken = true;
  const rejected = expect(watch.next()).rejects.toThrow('the query is broken');
  await flow.dispatch(new CreateTodo('1', 'Buy milk'));
  await rejected;
  expect(await watch.next()).toEqual(end);
  await flow.close();
});

test('no update is lost, however the changes fall: each watcher ends with the last result', async () => {
  const flow = await start();
  const seen = Array.from({ length: 5 }, () => [] as string[][]);
  const watchers = seen.map(async results => {
    for await (const result of flow.watch(new OpenTodos())) {
      results.push(result);
      if (result.length === 200) break;
    }
  });
  await Promise.all(Array.from({ length: 200 }, (_, n) => flow.dispatch(new CreateTodo(`${n}`, `todo ${n}`))));
  await Promise.all(watchers);
  for (const results of seen) {
    const lengths = results.map(({ length }) => length);
    expect(lengths).toEqual([...new Set(lengths)].sort((one, other) => one - other));
    expect(lengths.at(-1)).toBe(200);
  }
  await flow.close();
});

/** Reads work; each subscription meets an error. */
class StoreWithoutSubscriptions extends InMemoryEventStore {
  override subscribe(): AsyncIterable<never> {
    return {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('subscriptions are refused')) }),
    };
  }
}

test('where a store can be read but not followed, a live query asks again with pauses, and finds what is new', async () => {
  const flow = await bootstrap(TodoModule, { eventStore: new StoreWithoutSubscriptions() });
  running.push(flow);
  const todos = flow.resolve(Todos);
  const results = iterator(flow.watch(new OpenTodos()));
  expect(await results.next()).toEqual(value([]));
  const next = results.next();
  todos.asked = 0;
  await new Promise(resolve => setTimeout(resolve, 350));
  expect(todos.asked).toBeGreaterThan(0);
  expect(todos.asked).toBeLessThan(8);
  await flow.dispatch(new CreateTodo('1', 'shop'));
  expect(await next).toEqual(value(['shop']));
});

import 'reflect-metadata';
import {
  bootstrap,
  defineProjection,
  EventHandler,
  Flow,
  InMemoryEventStore,
  Module,
  Projection,
  type ProjectionContext,
} from 'eventuality';
import { LiveReadModelTooLargeError } from 'eventuality/errors';
import { EventReader } from 'eventuality/upcasting';
import { LiveDocuments } from '../../src/read-models';
import { type EventStore, KnownHistory } from '../../src/store';
import { CompleteTodo, CreateTodo, Todo, TodoCompleted, TodoCreated } from '../domain/todo';

const historyOf = (store: EventStore): KnownHistory => new KnownHistory(store, {});

interface TodoView {
  readonly id: string;
  readonly description: string;
  readonly completed: boolean;
}

@Projection('todo-list', { mode: 'live', indexes: ['completed'] })
class TodoList {
  static handled = 0;

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    TodoList.handled++;
    documents.set(event.aggregateId, { id: event.aggregateId, description, completed: false });
  }

  @EventHandler(TodoCompleted)
  async completed(_event: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { completed: true });
  }
}

@Module({ components: [Todo, TodoList] })
class TodoModule {}

beforeEach(() => {
  TodoList.handled = 0;
});

test('a live projection is folded when it is read, each event once', async () => {
  const flow = await bootstrap(TodoModule);
  const todos = flow.readModel(TodoList);
  expect(await todos.get('1')).toBeUndefined();
  await flow.dispatch(new CreateTodo('1', 'Buy milk'));
  await flow.dispatch(new CreateTodo('2', 'Buy bread'));
  expect(TodoList.handled).toBe(0);
  expect(await todos.get('1')).toEqual({ id: '1', description: 'Buy milk', completed: false });
  await flow.dispatch(new CompleteTodo('1'));
  expect(await todos.get('1')).toEqual({ id: '1', description: 'Buy milk', completed: true });
  expect(await todos.first({ where: { completed: false } })).toMatchObject({ id: '2' });
  expect([...(await todos.getMany(['1', '2', '3'])).keys()]).toEqual(['1', '2']);
  const all = [];
  for await (const todo of todos.all({ orderBy: { field: 'completed', direction: 'desc' }, limit: 1 }))
    all.push(todo.id);
  expect(all).toEqual(['1', '2']);
  expect(TodoList.handled).toBe(2);
  expect(await flow.eventStore.projections!.active('todo-list')).toBeUndefined();
  await flow.close();
});

test('reads at the same time fold each event once, and see what was stored before they began', async () => {
  const flow = await bootstrap(TodoModule);
  for (let n = 1; n <= 50; n++) await flow.dispatch(new CreateTodo(`${n}`, 'x'));
  const reads = Array.from({ length: 20 }, () => flow.readModel(TodoList).get('50'));
  await flow.dispatch(new CreateTodo('51', 'x'));
  const [last, ...others] = await Promise.all([flow.readModel(TodoList).get('51'), ...reads]);
  expect(last).toMatchObject({ id: '51' });
  expect(others.every(todo => todo?.id === '50')).toBe(true);
  expect(TodoList.handled).toBe(51);
  await flow.close();
});

test('what its handler throws rejects the read and keeps nothing of that page; the next read tries again', async () => {
  let broken = true;
  const list = defineProjection<{ n: number }>({
    name: 'list',
    mode: 'live',
    on: {
      Counted({ n }, { documents }) {
        documents.set('last', { n });
        if (broken && n === 2) throw new Error('no such number');
      },
    },
  });
  const eventStore = new InMemoryEventStore();
  const flow = new Flow({ eventStore, processors: [list] });
  const counted = [1, 2, 3].map(n => ({ name: 'Counted', payload: { n } }));
  await eventStore.append([
    { stream: { aggregateName: 'Counter', aggregateId: '1' }, expected: 'any', events: counted },
  ]);
  await expect(flow.readModel(list).get('last')).rejects.toThrow('no such number');
  await expect(flow.readModel(list).get('last')).rejects.toThrow('no such number');
  broken = false;
  expect(await flow.readModel(list).get('last')).toEqual({ n: 3 });
  await flow.close();
});

test('documents that were deleted do not count: it may have had more, once', async () => {
  const list = defineProjection<{ n: number }>({
    name: 'list',
    mode: 'live',
    on: {
      Counted: ({ n }, { documents }) => documents.set(`${n}`, { n }),
      Removed: ({ n }, { documents }) => documents.delete(`${n}`),
    },
  });
  const eventStore = new InMemoryEventStore();
  const append = (name: string, ...numbers: number[]) => {
    const events = numbers.map(n => ({ name, payload: { n } }));
    return eventStore.append([{ stream: { aggregateName: 'Counter', aggregateId: '1' }, expected: 'any', events }]);
  };
  const documents = new LiveDocuments(list, eventStore, historyOf(eventStore), new EventReader(), 600);
  // More than a page: after the first it has more than it may have in the end.
  await append('Counted', ...Array.from({ length: 1000 }, (_, n) => n));
  await append('Removed', ...Array.from({ length: 500 }, (_, n) => n));
  expect((await documents.get(['0', '500'])).size).toBe(1);
  await append('Counted', ...Array.from({ length: 101 }, (_, n) => n));
  await expect(documents.get(['500'])).rejects.toMatchObject({ code: 'LIVE_READ_MODEL_TOO_LARGE', documents: 601 });
  await append('Removed', 0);
  expect((await documents.get(['500'])).size).toBe(1);
});

test('it refuses reads when it has more documents than one should keep in memory, and SQL, as it stores nothing', async () => {
  const list = defineProjection<{ n: number }>({
    name: 'list',
    mode: 'live',
    on: {
      Counted: ({ n }, { documents }) => documents.set(`${n}`, { n }),
      Written: (_payload, { inTransaction }) => inTransaction(() => undefined),
    },
  });
  const eventStore = new InMemoryEventStore();
  const append = (name: string, payload: object) =>
    eventStore.append([
      { stream: { aggregateName: 'Counter', aggregateId: '1' }, expected: 'any', events: [{ name, payload }] },
    ]);
  const documents = new LiveDocuments(list, eventStore, historyOf(eventStore), new EventReader(), 2);
  for (const n of [1, 2]) await append('Counted', { n });
  expect(await documents.get(['1', '2'])).toEqual(
    new Map([
      ['1', { n: 1 }],
      ['2', { n: 2 }],
    ]),
  );
  await append('Counted', { n: 3 });
  await expect(documents.get(['1'])).rejects.toBeInstanceOf(LiveReadModelTooLargeError);
  await expect(documents.get(['1'])).rejects.toMatchObject({
    code: 'LIVE_READ_MODEL_TOO_LARGE',
    documents: 3,
    limit: 2,
  });
  await append('Written', {});
  await expect(
    new LiveDocuments(list, eventStore, historyOf(eventStore), new EventReader()).get(['1']),
  ).rejects.toMatchObject({
    code: 'NOTHING_STORED',
    projection: 'list',
  });
});

import { bootstrap, InMemoryEventStore } from 'eventuality';
import { CompleteTodo, CreateTodo, RenameTodo } from './domain';
import { loggedTodoModule, TodoModule } from './module';
import { AllTodos, OpenTodos, TodoList } from './todo-list';

async function somethingDone(lines: string[] = []) {
  const flow = await bootstrap(loggedTodoModule(line => lines.push(line)));
  await flow.dispatch(new CreateTodo('1', 'Buy milk'));
  await flow.dispatch(new CreateTodo('2', 'Write'));
  await flow.dispatch(new RenameTodo('2', 'Write the report'));
  await flow.dispatch(new CompleteTodo('1'));
  await flow.dispatch(new CompleteTodo('1'));
  await flow.eventBus.drain();
  await flow.processors.settled();
  return flow;
}

test('the list shows all todos in the order of their creation, and the open ones', async () => {
  const flow = await somethingDone();
  const [milk, report] = [
    { id: '1', description: 'Buy milk', completed: true, place: 1 },
    { id: '2', description: 'Write the report', completed: false, place: 2 },
  ];
  expect(await flow.query(new AllTodos())).toEqual([milk, report]);
  expect(await flow.query(new OpenTodos())).toEqual([report]);
  await flow.close();
});

test('the log has a line for each event, and none for a command that led to no event', async () => {
  const lines: string[] = [];
  await (await somethingDone(lines)).close();
  expect(lines).toEqual([
    'event    Todo 1 v1  TodoCreated {"description":"Buy milk"}',
    'event    Todo 2 v1  TodoCreated {"description":"Write"}',
    'event    Todo 2 v2  TodoRenamed {"description":"Write the report"}',
    'event    Todo 1 v2  TodoCompleted {}',
  ]);
});

test('a log that cannot print stops neither the list nor the commands', async () => {
  const failures: unknown[] = [];
  const logger = { error: (details: object) => failures.push(details), warn: () => undefined };
  const noPaper = loggedTodoModule(() => {
    throw new Error('no paper');
  });
  const flow = await bootstrap(noPaper, { logger });
  expect((await flow.dispatch(new CreateTodo('1', 'Buy milk'))).succeeded).toBe(true);
  expect((await flow.dispatch(new CompleteTodo('1'), { waitFor: [TodoList] })).succeeded).toBe(true);
  await flow.eventBus.drain();
  expect(await flow.query(new OpenTodos())).toEqual([]);
  expect(failures).toHaveLength(2);
  await flow.close();
});

test('two applications of the same module share nothing', async () => {
  const [one, other] = [
    await bootstrap(TodoModule),
    await bootstrap(TodoModule, { eventStore: new InMemoryEventStore() }),
  ];
  await one.dispatch(new CreateTodo('1', 'Buy milk'), { waitFor: [TodoList] });
  expect(await one.query(new AllTodos())).toHaveLength(1);
  expect(await other.query(new AllTodos())).toEqual([]);
  await Promise.all([one.close(), other.close()]);
});

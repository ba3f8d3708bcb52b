import { bootstrap, Flow, InMemoryEventStore, Repository } from 'eventuality';
import * as decorated from './domain';
import { TodoError } from './domain';
import { TodoModule } from './module';
import { completeTodo, createTodo, plainTodoFlow, renameTodo, Todo } from './plain';

const nothing = {};

test('the plain domain tells the same story as the decorated one', async () => {
  const store = new InMemoryEventStore();
  const log: string[] = [];
  const note = (event: { name: string; aggregateId: string }): number => log.push(`${event.name} ${event.aggregateId}`);
  const flow = plainTodoFlow(store, { TodoCreated: note, TodoRenamed: note, TodoCompleted: note });

  expect((await flow.dispatch(createTodo('1', ' Buy milk'))).succeeded).toBe(true);
  expect((await flow.dispatch(renameTodo('1', 'Buy milk '))).succeeded).toBe(false);
  expect((await flow.dispatch(renameTodo('1', 'Buy oat milk'))).version).toBe(2);
  expect((await flow.dispatch(completeTodo('1'))).succeeded).toBe(true);
  expect((await flow.dispatch(completeTodo('1'))).succeeded).toBe(false);

  expect((await new Repository(Todo, store).load('1')).state).toEqual({ description: 'Buy oat milk', completed: true });
  await flow.close();
  expect(log).toEqual(['TodoCreated 1', 'TodoRenamed 1', 'TodoCompleted 1']);
});

test('the plain domain refuses what the decorated one refuses', async () => {
  const flow = plainTodoFlow(new InMemoryEventStore(), nothing);
  await expect(flow.dispatch(createTodo('1', ' '))).rejects.toBeInstanceOf(TodoError);
  await expect(flow.dispatch(completeTodo('1'))).rejects.toMatchObject({ code: 'AGGREGATE_NOT_FOUND' });
  await flow.dispatch(createTodo('1', 'Buy milk'));
  await expect(flow.dispatch(createTodo('1', 'Buy tea'))).rejects.toMatchObject({ code: 'AGGREGATE_ALREADY_EXISTS' });
  await expect(flow.dispatch(renameTodo('1', ''))).rejects.toThrow('A todo needs a description.');
  await flow.dispatch(completeTodo('1'));
  await expect(flow.dispatch(renameTodo('1', 'Buy tea'))).rejects.toThrow(
    'Todo 1 is completed; its description stays.',
  );
  await flow.close();
});

test('both domains write the same events, and each goes on with what the other wrote', async () => {
  const store = new InMemoryEventStore();
  const plain = plainTodoFlow(store, nothing);
  const byClass: Flow = await bootstrap(TodoModule, { eventStore: store });
  const { CreateTodo, RenameTodo, CompleteTodo } = decorated;

  await plain.dispatch(createTodo('1', 'Buy milk'));
  await byClass.dispatch(new RenameTodo('1', 'Buy tea'));
  await plain.dispatch(completeTodo('1'));
  await byClass.dispatch(new CreateTodo('2', 'Buy milk'));
  await plain.dispatch(renameTodo('2', 'Buy tea'));
  await byClass.dispatch(new CompleteTodo('2'));

  const written = async (aggregateId: string): Promise<unknown[]> =>
    (await store.read({ aggregateName: 'Todo', aggregateId })).map(({ name, schemaVersion, version, payload }) => ({
      name,
      schemaVersion,
      version,
      payload: { ...payload },
    }));
  expect(await written('1')).toEqual(await written('2'));
  await byClass.close();
});

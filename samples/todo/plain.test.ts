import { InMemoryEventStore, Repository } from 'eventuality';
import { TodoError } from './domain';
import { addTodo, completeTodo, plainTodoFlow, renameTodo, Todo } from './plain';

test('the plain domain tells the same story as the decorated one', async () => {
  const store = new InMemoryEventStore();
  const log: string[] = [];
  const note = (event: { name: string; aggregateId: string }): number => log.push(`${event.name} ${event.aggregateId}`);
  const flow = plainTodoFlow(store, { TodoCreated: note, TodoRenamed: note, TodoCompleted: note });

  expect((await flow.dispatch(addTodo('1', 'Buy milk'))).succeeded).toBe(true);
  expect((await flow.dispatch(renameTodo('1', 'Buy oat milk'))).version).toBe(2);
  expect((await flow.dispatch(completeTodo('1'))).succeeded).toBe(true);
  expect((await flow.dispatch(completeTodo('1'))).succeeded).toBe(false);
  await expect(flow.dispatch(renameTodo('1', 'Buy tea'))).rejects.toBeInstanceOf(TodoError);
  await expect(flow.dispatch(completeTodo('2'))).rejects.toMatchObject({ code: 'AGGREGATE_NOT_FOUND' });

  expect((await new Repository(Todo, store).load('1')).state).toEqual({ description: 'Buy oat milk', completed: true });
  await flow.close();
  expect(log).toEqual(['TodoCreated 1', 'TodoRenamed 1', 'TodoCompleted 1']);
});

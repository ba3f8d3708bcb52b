import { given } from 'eventuality/testing';
import { AddTodo, CompleteTodo, RenameTodo, Todo, TodoAdded, TodoCompleted, TodoError, TodoRenamed } from './domain';

test('a todo is added with a description', async () => {
  await given(Todo).when(new AddTodo('1', ' Buy milk ')).then(new TodoAdded('Buy milk'));
  await given(Todo).when(new AddTodo('1', ' ')).thenError(TodoError);
  await given(Todo, new TodoAdded('Buy milk')).when(new AddTodo('1', 'Buy tea')).thenError('AGGREGATE_ALREADY_EXISTS');
});

test('a todo is completed once', async () => {
  await given(Todo, new TodoAdded('Buy milk')).when(new CompleteTodo('1')).then(new TodoCompleted());
  await given(Todo, new TodoAdded('Buy milk'), new TodoCompleted()).when(new CompleteTodo('1')).thenNothing();
  await given(Todo).when(new CompleteTodo('1')).thenError('AGGREGATE_NOT_FOUND');
});

test('a todo is renamed until it is completed', async () => {
  const added = new TodoAdded('Buy milk');
  await given(Todo, added).when(new RenameTodo('1', 'Buy tea')).then(new TodoRenamed('Buy tea'));
  await given(Todo, added).when(new RenameTodo('1', 'Buy tea')).thenState({ description: 'Buy tea', completed: false });
  await given(Todo, added).when(new RenameTodo('1', 'Buy milk')).thenNothing();
  await given(Todo, added).when(new RenameTodo('1', '')).thenError('needs a description');
  await given(Todo, added, new TodoCompleted()).when(new RenameTodo('1', 'Buy tea')).thenError('is completed');
});

import { given } from 'eventuality/testing';
import {
  CompleteTodo,
  CreateTodo,
  RenameTodo,
  Todo,
  TodoCompleted,
  TodoCreated,
  TodoError,
  TodoRenamed,
} from './domain';

test('a todo is created with a description', async () => {
  await given(Todo).when(new CreateTodo('1', ' Buy milk ')).then(new TodoCreated('Buy milk'));
  await given(Todo).when(new CreateTodo('1', ' ')).thenError(TodoError);
  await given(Todo).when(new CreateTodo('1', 'Buy\n\tmilk \u001b')).then(new TodoCreated('Buy milk'));
  await given(Todo, new TodoCreated('Buy milk'))
    .when(new CreateTodo('1', 'Buy tea'))
    .thenError('AGGREGATE_ALREADY_EXISTS');
});

test('a todo is completed once', async () => {
  await given(Todo, new TodoCreated('Buy milk')).when(new CompleteTodo('1')).then(new TodoCompleted());
  await given(Todo, new TodoCreated('Buy milk'), new TodoCompleted()).when(new CompleteTodo('1')).thenNothing();
  await given(Todo).when(new CompleteTodo('1')).thenError('AGGREGATE_NOT_FOUND');
});

test('a todo is renamed until it is completed', async () => {
  const created = new TodoCreated('Buy milk');
  await given(Todo, created).when(new RenameTodo('1', 'Buy tea')).then(new TodoRenamed('Buy tea'));
  await given(Todo, created)
    .when(new RenameTodo('1', 'Buy tea'))
    .thenState({ description: 'Buy tea', completed: false });
  await given(Todo, created).when(new RenameTodo('1', 'Buy milk')).thenNothing();
  await given(Todo, created).when(new RenameTodo('1', '')).thenError('needs a description');
  await given(Todo, created, new TodoCompleted()).when(new RenameTodo('1', 'Buy tea')).thenError('is completed');
});

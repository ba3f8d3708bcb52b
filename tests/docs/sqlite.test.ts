import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, Module } from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { CompleteTodo, CreateTodo, Todo } from '../domain/todo';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-docs-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the page about SQLite: an application finds what an earlier one left', async () => {
  const file = join(folder, 'todo.db');

  // #region use
  @Module({ components: [Todo] })
  class TodoModule {}

  const flow = await bootstrap(TodoModule, { eventStore: sqlite(file) });
  await flow.dispatch(new CreateTodo('todo1', 'Buy milk'));
  await flow.close(); // completes accepted appends and closes the file
  // #endregion use

  const later = await bootstrap(TodoModule, { eventStore: sqlite(file) });
  expect(await later.dispatch(new CompleteTodo('todo1'))).toMatchObject({ succeeded: true, version: 2, position: 2n });
  await later.close();
});

// #region write-side
import 'reflect-metadata';
import { Aggregate, AggregateRoot, CommandHandler, EventHandler, Module, bootstrap } from 'eventuality';

class CreateTodo   { constructor(readonly id: string, readonly description: string) {} }
class CompleteTodo { constructor(readonly id: string) {} }
class TodoCreated   { constructor(readonly description: string) {} }
class TodoCompleted {}

@Aggregate('Todo')
class Todo extends AggregateRoot<TodoCreated | TodoCompleted> {
  private description = '';
  private completed = false;

  @CommandHandler(CreateTodo, { creates: true })
  create({ description }: CreateTodo) { return new TodoCreated(description); }

  @CommandHandler(CompleteTodo)
  complete() { return this.completed ? [] : new TodoCompleted(); }

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated) { this.description = description; }

  @EventHandler(TodoCompleted)
  onCompleted() { this.completed = true; }
}

@Module({ components: [Todo] })
class TodoModule {}

async function main() {
  const flow = await bootstrap(TodoModule);
  const created = await flow.dispatch(new CreateTodo('todo1', 'Create a todo'));
  const completed = await flow.dispatch(new CompleteTodo('todo1'));
  const again = await flow.dispatch(new CompleteTodo('todo1'));
  await flow.close();
  return [created, completed, again].map(outcome => outcome.succeeded); // [true, true, false]: the last led to no events
}
// #endregion write-side

test('the example of the README runs as it stands', async () => {
  expect(await main()).toEqual([true, true, false]);
});

import 'reflect-metadata';
import { Aggregate, AggregateRoot, bootstrap, CommandHandler, EventHandler, Module } from 'eventuality';

class CreateTodo {
  constructor(
    readonly id: string,
    readonly description: string,
  ) {}
}
class CompleteTodo {
  constructor(readonly id: string) {}
}
class TodoCreated {
  constructor(readonly description: string) {}
}
class TodoCompleted {}

@Aggregate('Todo')
class Todo extends AggregateRoot {
  private description = '';
  private completed = false;

  @CommandHandler(CreateTodo, { creates: true })
  create({ description }: CreateTodo) {
    return new TodoCreated(description);
  }

  @CommandHandler(CompleteTodo)
  complete() {
    return this.completed ? [] : new TodoCompleted();
  }

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated) {
    this.description = description;
  }

  @EventHandler(TodoCompleted)
  onCompleted() {
    this.completed = true;
  }
}

@Module({ components: [Todo] })
class TodoModule {}

test('creates and completes', async () => {
  const flow = await bootstrap(TodoModule);
  const created = await flow.dispatch(new CreateTodo('todo1', 'Create a todo'));
  expect(created).toMatchObject({ succeeded: true, aggregateId: 'todo1', version: 1, position: 1n });
  expect(created.events[0]!.payload).toBeInstanceOf(TodoCreated);
  expect((await flow.dispatch(new CompleteTodo('todo1'))).succeeded).toBe(true);
  expect(await flow.dispatch(new CompleteTodo('todo1'))).toMatchObject({ succeeded: false, events: [], version: 2 });
  await expect(flow.dispatch(new CompleteTodo('todo2'))).rejects.toMatchObject({ code: 'AGGREGATE_NOT_FOUND' });
  await flow.close();
});

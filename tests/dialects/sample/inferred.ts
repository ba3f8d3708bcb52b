import { Aggregate, AggregateRoot, bootstrap, CommandHandler, EventHandler, Module } from 'eventuality';
import { WiringError } from 'eventuality/errors';

// Leaves it to the compiler to say which message each method handles.
class CreateTodo {
  constructor(readonly id: string) {}
}
class TodoCreated {}

@Aggregate('Todo')
class Todo extends AggregateRoot {
  @CommandHandler()
  create(_command: CreateTodo) {
    return new TodoCreated();
  }

  @EventHandler()
  created(_event: TodoCreated) {}
}

@Module({ components: [Todo] })
class TodoModule {}

bootstrap(TodoModule).then(
  flow => console.log(JSON.stringify({ commands: [...flow.commandNames] })),
  error => console.log(JSON.stringify({ faults: error instanceof WiringError ? error.faults : String(error) })),
);

import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  Event,
  type EventContext,
  EventHandler,
  Module,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
} from 'eventuality';

// Compiled by several compilers, under both dialects of decorators, each the way its users have it.
export class CreateTodo {
  constructor(
    readonly id: string,
    readonly description: string,
  ) {}
}
export class CompleteTodo {
  constructor(readonly todoId: string) {}
}
export class RenameTodo {
  constructor(
    readonly todoId: string,
    readonly description: string,
  ) {}
}
@Event('todo.created', { version: 2, upcast: { 1: data => data } })
export class TodoCreated {
  constructor(readonly description: string) {}
}
export class TodoRenamed {
  constructor(readonly description: string) {}
}
export class TodoCompleted {}
export class OpenTodos extends Query<string[]> {}

class Named extends AggregateRoot<TodoCreated | TodoRenamed | TodoCompleted> {
  description = '';

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated) {
    this.description = description;
  }
}

@Aggregate('Todo', { id: command => command.todoId ?? command.id })
export class Todo extends Named {
  #completed = false;

  @CommandHandler(CreateTodo, { creates: true })
  create({ description }: CreateTodo) {
    return new TodoCreated(description);
  }

  @CommandHandler(RenameTodo)
  rename({ description }: RenameTodo) {
    return new TodoRenamed(description);
  }

  @CommandHandler(CompleteTodo)
  async complete() {
    return this.#completed ? [] : [new TodoCompleted()];
  }

  @EventHandler(TodoRenamed)
  renamed({ description }: TodoRenamed) {
    this.description = description;
  }

  @EventHandler(TodoCompleted)
  onCompleted() {
    this.#completed = true;
  }
}

export class OpenList {
  readonly #open = new Map<string, string>();

  @EventHandler(TodoCreated)
  created(created: TodoCreated, { event }: EventContext) {
    if (created instanceof TodoCreated) this.#open.set(event.aggregateId, created.description);
  }

  @EventHandler(TodoCompleted)
  completed(_completed: TodoCompleted, { event }: EventContext) {
    this.#open.delete(event.aggregateId);
  }

  @QueryHandler(OpenTodos)
  open() {
    return [...this.#open.values()];
  }
}

@Projection('todos', { indexes: ['completed'] })
export class TodoViews {
  @EventHandler(TodoCreated)
  created(
    { description }: TodoCreated,
    { documents, event }: ProjectionContext<{ description: string; completed: boolean }>,
  ) {
    documents.set(event.aggregateId, { description, completed: false });
  }

  @EventHandler(TodoCompleted)
  async completed(
    _event: TodoCompleted,
    { documents, event }: ProjectionContext<{ description: string; completed: boolean }>,
  ) {
    await documents.update(event.aggregateId, { completed: true });
  }
}

@Module({ components: [Todo, OpenList, TodoViews] })
export class TodoModule {}

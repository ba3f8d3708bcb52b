import { Aggregate, AggregateRoot, CommandHandler, EventHandler } from 'eventuality';

/** The domain that most tests use: DESIGN's example, with a rename. */
export class CreateTodo {
  constructor(
    readonly id: string,
    readonly description: string,
  ) {}
}

export class RenameTodo {
  constructor(
    readonly id: string,
    readonly description: string,
  ) {}
}

export class CompleteTodo {
  constructor(readonly id: string) {}
}

export class TodoCreated {
  constructor(readonly description: string) {}
}

export class TodoRenamed {
  constructor(readonly description: string) {}
}

export class TodoCompleted {}

export class EmptyDescriptionError extends Error {}

@Aggregate('Todo')
export class Todo extends AggregateRoot<TodoCreated | TodoRenamed | TodoCompleted> {
  description = '';
  completed = false;

  @CommandHandler(CreateTodo, { creates: true })
  create({ description }: CreateTodo) {
    return new TodoCreated(description);
  }

  @CommandHandler(RenameTodo)
  rename({ description }: RenameTodo) {
    if (description === '') throw new EmptyDescriptionError('A todo needs a description.');
    return description === this.description ? [] : [new TodoRenamed(description)];
  }

  @CommandHandler(CompleteTodo)
  complete() {
    return this.completed ? undefined : new TodoCompleted();
  }

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated) {
    this.description = description;
  }

  @EventHandler(TodoRenamed)
  renamed({ description }: TodoRenamed) {
    this.description = description;
  }

  @EventHandler(TodoCompleted)
  onCompleted() {
    this.completed = true;
  }
}

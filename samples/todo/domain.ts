import { Aggregate, AggregateRoot, CommandHandler, EventHandler } from 'eventuality';

// Commands: what somebody wants.
export class AddTodo {
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

// Events: what happened.
export class TodoAdded {
  constructor(readonly description: string) {}
}

export class TodoRenamed {
  constructor(readonly description: string) {}
}

export class TodoCompleted {}

/** What the domain refuses. */
export class TodoError extends Error {}

@Aggregate('Todo')
export class Todo extends AggregateRoot<TodoAdded | TodoRenamed | TodoCompleted> {
  // State: what later decisions need.
  private description = '';
  private completed = false;

  // Decisions.
  @CommandHandler(AddTodo, { creates: true })
  add({ description }: AddTodo) {
    return new TodoAdded(checked(description));
  }

  @CommandHandler(RenameTodo)
  rename({ description }: RenameTodo) {
    if (this.completed) throw new TodoError(`Todo ${this.id} is completed; its description stays.`);
    return description.trim() === this.description ? [] : new TodoRenamed(checked(description));
  }

  @CommandHandler(CompleteTodo)
  complete() {
    return this.completed ? [] : new TodoCompleted();
  }

  // State changes.
  @EventHandler(TodoAdded)
  @EventHandler(TodoRenamed)
  described({ description }: TodoAdded | TodoRenamed) {
    this.description = description;
  }

  @EventHandler(TodoCompleted)
  onCompleted() {
    this.completed = true;
  }
}

function checked(description: string): string {
  if (description.trim() === '') throw new TodoError('A todo needs a description.');
  return description.trim();
}

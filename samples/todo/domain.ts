import { Aggregate, AggregateRoot, CommandHandler, EventHandler } from 'eventuality';

// Commands: what is to be done.
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

// Events: what happened.
export class TodoCreated {
  constructor(readonly description: string) {}
}

export class TodoRenamed {
  constructor(readonly description: string) {}
}

export class TodoCompleted {}

/** What the domain refuses. */
export class TodoError extends Error {}

@Aggregate('Todo')
export class Todo extends AggregateRoot<TodoCreated | TodoRenamed | TodoCompleted> {
  // State: what later decisions need.
  private description = '';
  private completed = false;

  // Decisions.
  @CommandHandler(CreateTodo, { creates: true })
  create({ description }: CreateTodo) {
    return new TodoCreated(oneLine(description));
  }

  @CommandHandler(RenameTodo)
  rename({ description }: RenameTodo) {
    if (this.completed) throw new TodoError(`Todo ${this.id} is completed; its description stays.`);
    const renamed = oneLine(description);
    return renamed === this.description ? [] : new TodoRenamed(renamed);
  }

  @CommandHandler(CompleteTodo)
  complete() {
    return this.completed ? [] : new TodoCompleted();
  }

  // State changes.
  @EventHandler(TodoCreated)
  @EventHandler(TodoRenamed)
  described({ description }: TodoCreated | TodoRenamed) {
    this.description = description;
  }

  @EventHandler(TodoCompleted)
  onCompleted() {
    this.completed = true;
  }
}

/** A description is one line of text: what would break a list or a terminal becomes a space. */
export function oneLine(description: string): string {
  const line = description.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (line === '') throw new TodoError('A todo needs a description.');
  return line;
}

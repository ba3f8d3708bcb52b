import { Aggregate, AggregateRoot, CommandHandler, EventHandler, Query } from 'eventuality';

// The domain of the type tests. Typing is structural, so each class has a field of its own.
export class CreateTodo {
  constructor(
    readonly id: string,
    readonly description: string,
  ) {}
}
export class CompleteTodo {
  constructor(
    readonly id: string,
    readonly by: string,
  ) {}
}
export class RenameTodo {
  constructor(
    readonly todoId: string,
    readonly text: string,
  ) {}
}
export class TodoCreated {
  constructor(readonly description: string) {}
}
export class TodoCompleted {
  constructor(readonly by: string) {}
}
export class InvoicePaid {
  constructor(readonly amount: number) {}
}

export interface TodoView {
  readonly id: string;
  readonly description: string;
}
export class OpenTodos extends Query<TodoView[]> {
  constructor(readonly limit: number) {
    super();
  }
}
export class CountTodos extends Query<number> {
  constructor(readonly onlyOpen: boolean) {
    super();
  }
}

@Aggregate('Todo', { id: command => command.todoId ?? command.id })
export class Todo extends AggregateRoot<TodoCreated | TodoCompleted> {
  description = '';
  #completed = false;

  @CommandHandler(CreateTodo, { creates: true })
  create({ description }: CreateTodo) {
    return new TodoCreated(description);
  }

  @CommandHandler(CompleteTodo)
  complete({ by }: CompleteTodo) {
    return this.#completed ? [] : new TodoCompleted(by);
  }

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated) {
    this.description = description;
  }

  @EventHandler(TodoCompleted)
  onCompleted() {
    this.#completed = true;
  }
}

/** Two types are the same, not only assignable. */
export type Same<Left, Right> =
  (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;

/** Accepts `true` only: `holds<Same<A, B>>()`. */
export function holds<_Claim extends true>(): void {}

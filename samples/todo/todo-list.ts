import { type EventContext, EventHandler, Query, QueryHandler } from 'eventuality';
import { TodoCompleted, TodoCreated, TodoRenamed } from './domain';

export interface TodoView {
  readonly id: string;
  readonly description: string;
  readonly completed: boolean;
}

export class AllTodos extends Query<readonly TodoView[]> {}

export class OpenTodos extends Query<readonly TodoView[]> {}

/** A listener that keeps a list up to date, and answers from it. */
export class TodoList {
  private readonly todos = new Map<string, TodoView>();

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { event }: EventContext) {
    this.todos.set(event.aggregateId, { id: event.aggregateId, description, completed: false });
  }

  @EventHandler(TodoRenamed)
  renamed({ description }: TodoRenamed, { event }: EventContext) {
    this.change(event.aggregateId, { description });
  }

  @EventHandler(TodoCompleted)
  completed(_: TodoCompleted, { event }: EventContext) {
    this.change(event.aggregateId, { completed: true });
  }

  @QueryHandler(AllTodos)
  all() {
    return [...this.todos.values()];
  }

  @QueryHandler(OpenTodos)
  open() {
    return this.all().filter(({ completed }) => !completed);
  }

  private change(id: string, change: Partial<TodoView>) {
    const todo = this.todos.get(id);
    if (todo) this.todos.set(id, { ...todo, ...change });
  }
}

import {
  EventHandler,
  InjectReadModel,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  type ReadModel,
} from 'eventuality';
import { TodoCompleted, TodoCreated, TodoRenamed } from './domain';

export interface TodoView {
  readonly id: string;
  readonly description: string;
  readonly completed: boolean;
  /** The place in the list: todos stand in the order of their creation. */
  readonly place: number;
}

export class AllTodos extends Query<readonly TodoView[]> {}

export class OpenTodos extends Query<readonly TodoView[]> {}

/** Keeps a list up to date, beside the events. */
@Projection('todo-list', { indexes: ['completed', 'place'] })
export class TodoList {
  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    documents.set(event.aggregateId, {
      id: event.aggregateId,
      description,
      completed: false,
      place: Number(event.position),
    });
  }

  @EventHandler(TodoRenamed)
  async renamed({ description }: TodoRenamed, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { description });
  }

  @EventHandler(TodoCompleted)
  async completed(_: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { completed: true });
  }
}

/** Answers from the list. */
export class TodoQueries {
  constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}

  @QueryHandler(AllTodos)
  async all() {
    const todos: TodoView[] = [];
    for await (const todo of this.todos.all({ orderBy: 'place' })) todos.push(todo);
    return todos;
  }

  @QueryHandler(OpenTodos)
  async open() {
    const todos: TodoView[] = [];
    for await (const todo of this.todos.all({ where: { completed: false }, orderBy: 'place' })) todos.push(todo);
    return todos;
  }
}

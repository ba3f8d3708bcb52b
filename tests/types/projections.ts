import {
  type CommandContext,
  type EventContext,
  EventHandler,
  type Flow,
  Projection,
  type ProjectionContext,
  Reactor,
  type ReactorContext,
  type ReadModel,
  type RecordedEvent,
  ReplayHandler,
  type ViewOf,
} from 'eventuality';
import { CreateTodo, holds, InvoicePaid, type Same, TodoCompleted, TodoCreated } from './todo';

interface TodoView {
  readonly description: string;
  readonly completed: boolean;
  readonly tags?: readonly string[];
}

@Projection('todo-list', {
  version: 2,
  indexes: ['completed'],
  mode: 'async',
  segments: 4,
  sequenceBy: { key: 'name', of: event => event.aggregateName },
})
class TodoList {
  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    holds<Same<typeof event, RecordedEvent>>();
    documents.set(event.aggregateId, { description, completed: false });
    // @ts-expect-error a field is missing
    documents.set(event.aggregateId, { description });
    // @ts-expect-error the field is another
    void documents.update(event.aggregateId, { text: '' });
  }

  @EventHandler(TodoCompleted)
  async completed(_event: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { completed: true });
    await documents.update(event.aggregateId, todo => ({ ...todo, completed: true }));
    const todo = await documents.get(event.aggregateId);
    holds<Same<typeof todo, Readonly<TodoView> | undefined>>();
  }

  @ReplayHandler(TodoCompleted)
  again(_event: TodoCompleted, context: ProjectionContext<TodoView>) {
    return context.replaying;
  }

  // @ts-expect-error the parameter is another event
  @EventHandler(InvoicePaid)
  other(_event: TodoCreated, _context: ProjectionContext<TodoView>) {}

  // @ts-expect-error the parameter is another event
  @ReplayHandler(InvoicePaid)
  otherAgain(_event: TodoCreated, _context: ProjectionContext<TodoView>) {}

  // @ts-expect-error the context is that of a command
  @EventHandler(InvoicePaid)
  command(_event: InvoicePaid, _context: CommandContext) {}

  withoutContext(_event: InvoicePaid) {}
}

@Reactor('mailer', { replay: 'skip', retry: { attempts: 3 } })
class Mailer {
  @EventHandler(TodoCreated)
  async created({ description }: TodoCreated, { dispatch, signal, replaying }: ReactorContext) {
    if (!signal.aborted && !replaying) await dispatch(new CreateTodo('other', description));
  }

  @EventHandler(TodoCompleted)
  completed(_event: TodoCompleted, { query }: EventContext) {
    return query;
  }
}

// @ts-expect-error no such mode
Projection('todo-list', { mode: 'later' });
// @ts-expect-error a listener has no documents
Reactor('mailer', { indexes: ['completed'] });
// @ts-expect-error a name is needed
Projection();

export async function reading(flow: Flow) {
  const todos = flow.readModel(TodoList);
  holds<Same<typeof todos, ReadModel<TodoView>>>();
  holds<Same<ViewOf<TodoList>, TodoView>>();
  const todo = await todos.get('todo1');
  holds<Same<typeof todo, Readonly<TodoView> | undefined>>();
  const { items, cursor } = await todos.find({
    where: { completed: [true, false] },
    orderBy: 'description',
    limit: 10,
  });
  holds<Same<typeof items, readonly Readonly<TodoView>[]>>();
  await todos.first({
    where: { completed: false, tags: null },
    orderBy: { field: 'completed', direction: 'desc' },
    ...(cursor && { after: cursor }),
  });
  for await (const each of todos.all()) holds<Same<typeof each, Readonly<TodoView>>>();
  // @ts-expect-error the documents have no such field
  await todos.find({ where: { done: true } });
  // @ts-expect-error the field is a boolean
  await todos.find({ where: { completed: 'yes' } });
  // @ts-expect-error the documents have no such field
  await todos.find({ orderBy: 'done' });
  const named = flow.readModel<TodoView>('todo-list');
  holds<Same<typeof named, ReadModel<TodoView>>>();
  await flow.dispatch(new CreateTodo('todo1', ''), { waitFor: [TodoList, 'other'], waitTimeout: 1_000 });
  // @ts-expect-error a projection is needed
  await flow.dispatch(new CreateTodo('todo1', ''), { waitFor: [1] });
}

export { Mailer, TodoList };

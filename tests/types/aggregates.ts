import {
  AggregateRoot,
  defineAggregate,
  Event,
  InMemoryEventStore,
  type PlainAggregate,
  type RecordedEvent,
  Repository,
} from 'eventuality';
import type { SealedEvent } from '../../src/messages';
import { holds, InvoicePaid, type Same, Todo } from './todo';

interface TodoState {
  description: string;
  completed: boolean;
  tags: string[];
}

const PlainTodo = defineAggregate({
  name: 'Todo',
  state: { description: '', completed: false, tags: [] as string[] },
  methods: {
    complete(by: string) {
      holds<Same<typeof this.state, Readonly<TodoState>>>();
      holds<Same<typeof this.id, string>>();
      // @ts-expect-error the state changes in event handlers only
      this.state.completed = true;
      // @ts-expect-error the state has no such field
      this.state.missing;
      return this.state.completed ? [] : Event({ aggregateId: this.id, name: 'TodoCompleted', payload: { by } });
    },
    async tag(tag: string, times: number) {
      return Array.from({ length: times }, () => Event({ aggregateId: this.id, name: 'TodoTagged', payload: { tag } }));
    },
    nothing() {},
  },
  on: {
    TodoCompleted(state, { payload, name }) {
      holds<Same<typeof state, TodoState>>();
      holds<Same<typeof name, string>>();
      state.completed = payload.by !== '';
    },
    TodoTagged: (state, { payload }) => ({ ...state, tags: [...state.tags, payload.tag] }),
  },
  commands: {
    CompleteTodo: (state, { id }) => {
      // @ts-expect-error a decision does not change the state
      state.completed = true;
      return state.completed ? [] : Event({ aggregateId: id, name: 'TodoCompleted', payload: {} });
    },
    OpenTodo: {
      creates: true,
      target: command => command.todoId,
      decide: (state, _command, { now }) => (state.tags.length > now.getTime() ? undefined : []),
    },
  },
});

const FromFunction = defineAggregate({
  name: 'Counter',
  state: (id: string) => ({ id, count: 0 }),
  on: { Counted: state => void state.count++ },
});

defineAggregate({
  name: 'Todo',
  state: { completed: false },
  on: {
    TodoCompleted(state) {
      // @ts-expect-error the state has no such field
      state.missing = true;
    },
    // @ts-expect-error another state than the aggregate's
    TodoReset: () => ({ completed: 'no' }),
  },
});
// @ts-expect-error an aggregate needs a name
defineAggregate({ state: { completed: false } });
// @ts-expect-error and a state
defineAggregate({ name: 'Todo' });
// @ts-expect-error an id is text
defineAggregate({ name: 'Todo', state: { completed: false }, idGenerator: () => 1 });
defineAggregate({
  name: 'Todo',
  state: { completed: false },
  // @ts-expect-error no such way to create
  commands: { CreateTodo: { creates: 'maybe', decide: () => [] } },
});
// @ts-expect-error a command handler returns events, not text
defineAggregate({ name: 'Todo', state: { completed: false }, commands: { CreateTodo: () => 'created' } });

const store = new InMemoryEventStore();

export async function repositoryOfClass() {
  const todos = new Repository(Todo, store);
  holds<Same<typeof todos, Repository<Todo>>>();
  const todo = await todos.load('todo1');
  holds<Same<typeof todo, Todo>>();
  const found = await todos.find('todo1');
  holds<Same<typeof found, Todo | null>>();
  // @ts-expect-error it may not be there
  found.description;
  const recorded = await todos.add(new Todo('todo2'));
  holds<Same<typeof recorded, readonly RecordedEvent[]>>();
  await todos.save(todo);
  await todos.delete('todo1');
  // @ts-expect-error the attributes instead of an aggregate
  await todos.add({ description: 'Buy milk' });
  // @ts-expect-error something else
  await todos.save(new InvoicePaid(1));
  // @ts-expect-error a command instead of an id
  await todos.load({ id: 'todo1' });
}

/** An aggregate class that happens to have a field `state` is still added by an instance. */
class Order extends AggregateRoot {
  state = { open: true };
}

export async function repositoryOfClassWithState() {
  const orders = new Repository(Order, store);
  await orders.add(new Order('order1'));
  // @ts-expect-error the attributes instead of an aggregate
  await orders.add({ open: false });
}

export async function repositoryOfPlain() {
  const todos = new Repository(PlainTodo, store);
  const todo = await todos.load('todo1');
  holds<Same<typeof todo.state, Readonly<TodoState>>>();
  holds<Same<typeof todo.id, string>>();
  holds<Same<typeof todo.version, number>>();
  const events = todo.complete('ann');
  holds<Same<typeof events, readonly SealedEvent[]>>();
  const tagged = todo.tag('home', 2);
  holds<Same<typeof tagged, Promise<readonly SealedEvent[]>>>();
  holds<Same<ReturnType<typeof todo.nothing>, readonly SealedEvent[]>>();
  // @ts-expect-error the method takes text
  todo.complete(1);
  // @ts-expect-error the method takes an argument
  todo.complete();
  // @ts-expect-error there is no such method
  todo.reopen();
  // @ts-expect-error the state changes in event handlers only
  todo.state.completed = true;
  await todos.add({ description: 'Buy milk' });
  await todos.add({ id: 'todo2', description: 'Buy milk', anotherAttribute: 1 });
  await todos.add(todo);
  // @ts-expect-error the state's description is text
  await todos.add({ description: 1 });
  // @ts-expect-error an id is text
  await todos.add({ id: 1, description: '' });
  // @ts-expect-error attributes are an object
  await todos.add('Buy milk');
  await todos.save(todo);
  // @ts-expect-error attributes cannot be saved
  await todos.save({ description: 'Buy milk' });
  const counter = await new Repository(FromFunction, store).load('counter1');
  holds<Same<typeof counter.state, Readonly<{ id: string; count: number }>>>();
  holds<Same<typeof counter, PlainAggregate<{ id: string; count: number }, Record<never, never>>>>();
  // @ts-expect-error no methods, no method
  counter.count();
}

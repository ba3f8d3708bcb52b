import { defineAggregate, Event, EventBus, type EventListeners, type EventStore, Flow, Repository } from 'eventuality';
import { oneLine, TodoError } from './domain';

/** The domain of domain.ts without classes, decorators and container: every part is put together by hand. */
export const Todo = defineAggregate({
  name: 'Todo',
  state: { description: '', completed: false },
  methods: {
    rename(text: string) {
      if (this.state.completed) throw new TodoError(`Todo ${this.id} is completed; its description stays.`);
      const description = oneLine(text);
      return description === this.state.description
        ? []
        : Event({ aggregateId: this.id, name: 'TodoRenamed', payload: { description } });
    },
    complete() {
      return this.state.completed ? [] : Event({ aggregateId: this.id, name: 'TodoCompleted', payload: {} });
    },
  },
  on: {
    TodoRenamed: (state, { payload }) => ({ ...state, description: payload.description }),
    TodoCompleted: state => ({ ...state, completed: true }),
  },
});

// Commands are plain objects, made by functions.
export const createTodo = (id: string, description: string) => ({ name: 'CreateTodo', message: { id, description } });
export const renameTodo = (id: string, description: string) => ({ name: 'RenameTodo', message: { id, description } });
export const completeTodo = (id: string) => ({ name: 'CompleteTodo', message: { id } });

/** A flow is a store, a bus and a map of handlers. */
export function plainTodoFlow(eventStore: EventStore, listeners: EventListeners): Flow {
  const todos = new Repository(Todo, eventStore);
  const eventBus = new EventBus();
  eventBus.subscribe(listeners);
  return new Flow({
    eventStore,
    eventBus,
    commandHandlers: {
      CreateTodo: ({ id, description }) => todos.add({ id, description: oneLine(description) }),
      RenameTodo: async ({ id, description }) => (await todos.load(id)).rename(description),
      CompleteTodo: async ({ id }) => (await todos.load(id)).complete(),
    },
  });
}

// What the contenders of this framework share. It is loaded from ../dist, which `npm run bench` builds first.

import { decorateClass, decorateMethod } from './decorate.js';
import { fill } from './fill.js';
import { CreateTodo, Nothing, RenameTodo, TodoCreated, TodoRenamed } from './messages.js';

const framework = () => import('../../dist/index.js');

export const versions = async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  return { eventuality: manifest.version };
};

function todoClass({ Aggregate, AggregateRoot, CommandHandler, EventHandler }, options) {
  class Todo extends AggregateRoot {
    description = '';
    renames = 0;

    create({ description }) {
      return new TodoCreated(description);
    }

    rename({ description }) {
      return description === this.description ? [] : new TodoRenamed(description);
    }

    created({ description }) {
      this.description = description;
    }

    renamed({ description }) {
      this.description = description;
      this.renames++;
    }
  }
  decorateMethod(Todo, 'create', CommandHandler(CreateTodo, { creates: true }));
  decorateMethod(Todo, 'rename', CommandHandler(RenameTodo));
  decorateMethod(Todo, 'created', EventHandler(TodoCreated));
  decorateMethod(Todo, 'renamed', EventHandler(TodoRenamed));
  decorateClass(Todo, Aggregate('Todo', options));
  return Todo;
}

/** The store of a running application cannot be emptied; this one hands everything on to an InMemoryEventStore that can be replaced. */
export class ReplaceableStore {
  constructor(make) {
    this.make = make;
    this.reset();
  }

  reset() {
    this.inner = this.make();
  }

  get direct() {
    return this.inner.direct;
  }

  append(appends) {
    return this.inner.append(appends);
  }

  read(stream, page) {
    return this.inner.read(stream, page);
  }

  readAll(page) {
    return this.inner.readAll(page);
  }

  subscribe(options) {
    return this.inner.subscribe(options);
  }

  close() {
    return this.inner.close();
  }
}

/** With a cache it is reported that the events were replaced, as they are after each batch. */
const logger = {
  warn() {},
  error: (entry, message) => entry.error?.code === 'HISTORY_REPLACED' || console.error(entry, message),
};

/** An application made by `bootstrap`, with two listener classes. */
export async function bootstrapped({ cache, ambientCausation } = {}) {
  const all = await framework();
  const Todo = todoClass(all);
  let first = 0;
  let second = 0;
  class FirstListener {
    renamed(event) {
      if (event.description) first++;
    }
  }
  class SecondListener {
    renamed(event) {
      if (event.description) second++;
    }
  }
  class TodoModule {}
  for (const listener of [FirstListener, SecondListener])
    decorateMethod(listener, 'renamed', all.EventHandler(TodoRenamed));
  decorateClass(TodoModule, all.Module({ components: [Todo, FirstListener, SecondListener] }));
  const store = new ReplaceableStore(() => new all.InMemoryEventStore());
  const flow = await all.bootstrap(TodoModule, {
    eventStore: store,
    cache,
    ambientCausation,
    logger,
  });
  return {
    create: (id, description) => flow.dispatch(new CreateTodo(id, description)),
    rename: (id, description) => flow.dispatch(new RenameTodo(id, description)),
    calls: () => first + second,
    reset: () => store.reset(),
    fill: (events, streams) => fill(store, events, streams),
    async stream(id) {
      const events = await store.read({ aggregateName: 'Todo', aggregateId: id });
      if (first !== second || events.some((event, index) => event.version !== index + 1))
        return { events: -1, text: 'out of order' };
      return { events: events.length, text: events.at(-1)?.payload.description };
    },
  };
}

/** A Flow over a store, without listeners. */
export async function todoFlow(eventStore) {
  const all = await framework();
  const flow = new all.Flow({ eventStore, aggregates: [todoClass(all)] });
  return { flow, rename: (id, description) => flow.dispatch(new RenameTodo(id, description)) };
}

/** Rehydration; `every` so many events a snapshot is taken. */
export async function repositoryLoad({ every } = {}) {
  const all = await framework();
  const eventStore = new all.InMemoryEventStore();
  const Todo = todoClass(all, every && { snapshot: { every, version: 1 } });
  const flow = new all.Flow({ eventStore, aggregates: [Todo] });
  const todos = new all.Repository(Todo, eventStore);
  let growing;
  return {
    create: (id, description) => flow.dispatch(new CreateTodo(id, description)),
    async rename(id, description) {
      growing ??= await todos.load(id);
      growing.apply(new TodoRenamed(description));
      await todos.save(growing);
    },
    async load(id) {
      const { description, renames } = await todos.load(id);
      return { text: description, renames };
    },
    settled: () => todos.drain(),
    snapshot: async id => (await eventStore.snapshots.load({ aggregateName: 'Todo', aggregateId: id }, 1))?.version,
  };
}

export async function noOpBus() {
  const { CommandBus } = await framework();
  const bus = new CommandBus();
  let calls = 0;
  bus.register(Nothing, async () => {
    calls++;
  });
  return { Command: Nothing, dispatch: command => bus.dispatch(command), calls: () => calls };
}

export async function noOpFlow() {
  const { Flow, InMemoryEventStore } = await framework();
  let calls = 0;
  const commandHandlers = {
    Nothing: async () => {
      calls++;
    },
  };
  const flow = new Flow({ eventStore: new InMemoryEventStore(), commandHandlers });
  return { Command: Nothing, dispatch: command => flow.dispatch(command), calls: () => calls };
}

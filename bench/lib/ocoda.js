// @ocoda/event-sourcing as its README shows it, on its in-memory store (which checks no version), with the Nest that it asks for.
import { createRequire } from 'node:module';
import { constructorTypes, decorateClass } from './decorate.js';
import { CreateTodo, Nothing, RenameTodo, TodoCreated, TodoRenamed } from './messages.js';
import { describe } from './todo.js';
import { versionsOf } from './versions.js';

const home = new URL('../peers/ocoda/package.json', import.meta.url);
const require = createRequire(home);

export const versions = () => versionsOf(['@ocoda/event-sourcing', '@nestjs/core'], home);

function todoClass({ Aggregate, AggregateRoot, Event }) {
  class Todo extends AggregateRoot {
    description = '';
    renames = 0;

    create(description) {
      this.applyEvent(new TodoCreated(description));
    }

    rename(description) {
      if (description !== this.description) this.applyEvent(new TodoRenamed(description));
    }

    onTodoCreated({ description }) {
      this.description = description;
    }

    onTodoRenamed({ description }) {
      this.description = description;
      this.renames++;
    }
  }
  decorateClass(Todo, Aggregate({ streamName: 'todo' }));
  decorateClass(TodoCreated, Event('todo-created'));
  decorateClass(TodoRenamed, Event('todo-renamed'));
  return Todo;
}

async function start({ providers, events = [], ...stores }) {
  require('reflect-metadata');
  const { Module } = require('@nestjs/common');
  const { NestFactory } = require('@nestjs/core');
  const { EventSourcingModule } = require('@ocoda/event-sourcing');
  class AppModule {}
  decorateClass(AppModule, Module({ imports: [EventSourcingModule.forRoot({ events, ...stores })], providers }));
  return NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
}

export async function todoApp() {
  const ocoda = require('@ocoda/event-sourcing');
  const { CommandBus, CommandHandler, EventHandler, EventStore, EventStream, Id } = ocoda;
  const Todo = todoClass(ocoda);
  let first = 0;
  let second = 0;

  class Todos {
    constructor(eventStore) {
      this.eventStore = eventStore;
    }

    async load(id) {
      const todo = new Todo();
      todo.id = Id.from(id);
      await todo.loadFromHistory(this.eventStore.getEvents(EventStream.for(Todo, todo.id)));
      return todo;
    }

    save(todo) {
      return this.eventStore.appendEvents(EventStream.for(Todo, todo.id), todo.version, todo.commit());
    }
  }
  constructorTypes(Todos, EventStore);
  decorateClass(Todos, require('@nestjs/common').Injectable());

  class CreateTodoHandler {
    constructor(todos) {
      this.todos = todos;
    }

    async execute({ id, description }) {
      const todo = await this.todos.load(id);
      if (todo.version > 0) throw new Error(`${id} exists`);
      todo.create(description);
      await this.todos.save(todo);
    }
  }
  class RenameTodoHandler {
    constructor(todos) {
      this.todos = todos;
    }

    async execute({ id, description }) {
      const todo = await this.todos.load(id);
      if (todo.version === 0) throw new Error(`${id} is missing`);
      todo.rename(description);
      await this.todos.save(todo);
    }
  }
  class FirstListener {
    handle({ payload }) {
      if (payload.description) first++;
    }
  }
  class SecondListener {
    handle({ payload }) {
      if (payload.description) second++;
    }
  }
  for (const handler of [CreateTodoHandler, RenameTodoHandler]) constructorTypes(handler, Todos);
  decorateClass(CreateTodoHandler, CommandHandler(CreateTodo));
  decorateClass(RenameTodoHandler, CommandHandler(RenameTodo));
  for (const listener of [FirstListener, SecondListener]) decorateClass(listener, EventHandler(TodoRenamed));

  const providers = [Todos, CreateTodoHandler, RenameTodoHandler, FirstListener, SecondListener];
  const app = await start({ providers, events: [TodoCreated, TodoRenamed] });
  const [bus, store, todos] = [app.get(CommandBus), app.get(EventStore), app.get(Todos)];
  store.setup();
  let growing;
  return {
    create: (id, description) => bus.execute(new CreateTodo(id, description)),
    rename: (id, description) => bus.execute(new RenameTodo(id, description)),
    calls: () => first + second,
    reset: () => store.setup(),
    async fill(events, streams) {
      for (let index = 0; index < streams; index++) {
        const todo = new Todo();
        todo.id = Id.from(`filled-${index}`);
        todo.create(describe(todo.id.value));
        for (let version = 2; version <= events / streams; version++) todo.rename(describe(todo.id.value, version));
        await todos.save(todo);
      }
    },
    async stream(id) {
      const { version, description } = await todos.load(id);
      return { events: first === second ? version : -1, text: description };
    },
    /** Appends without loading what is there, which w3 would read 10,000 times. */
    async grow(id, description) {
      growing ??= await todos.load(id);
      growing.rename(description);
      await todos.save(growing);
    },
    async load(id) {
      const { description, renames } = await todos.load(id);
      return { text: description, renames };
    },
  };
}

export async function growingTodo({ every } = {}) {
  if (every) return growingWithSnapshots(every);
  const app = await todoApp();
  return { create: app.create, rename: app.grow, load: app.load };
}

/** Its own snapshots, by the handler and the repository that its README shows. */
async function growingWithSnapshots(interval) {
  const ocoda = require('@ocoda/event-sourcing');
  const { EventStore, EventStream, Id, Snapshot, SnapshotHandler, SnapshotStore, SnapshotStream } = ocoda;
  const Todo = todoClass(ocoda);
  class TodoSnapshots extends SnapshotHandler {
    serialize({ id, description, renames }) {
      return { id: id.value, description, renames };
    }

    deserialize({ id, ...state }) {
      return Object.assign(new Todo(), state, { id: Id.from(id) });
    }
  }
  decorateClass(TodoSnapshots, Snapshot(Todo, { name: 'todo', interval }));
  const app = await start({
    providers: [],
    events: [TodoCreated, TodoRenamed],
    snapshotStore: { client: 'in-memory' },
  });
  const [events, snapshotStore] = [app.get(EventStore), app.get(SnapshotStore)];
  for (const store of [events, snapshotStore]) await store.setup();
  const snapshots = new TodoSnapshots(snapshotStore);
  const save = todo => {
    const uncommitted = todo.commit();
    return Promise.all([
      snapshots.save(todo.id, todo),
      events.appendEvents(EventStream.for(Todo, todo.id), todo.version, uncommitted),
    ]);
  };
  const growing = new Todo();
  return {
    create(id, description) {
      growing.id = Id.from(id);
      growing.create(description);
      return save(growing);
    },
    rename(_id, description) {
      growing.rename(description);
      return save(growing);
    },
    async load(id) {
      const todo = await snapshots.load(Id.from(id));
      await todo.loadFromHistory(
        events.getEvents(EventStream.for(Todo, Id.from(id)), { fromVersion: todo.version + 1 }),
      );
      return { text: todo.description, renames: todo.renames };
    },
    snapshot: async id => (await snapshotStore.getLastEnvelope(SnapshotStream.for(Todo, Id.from(id)))).metadata.version,
  };
}

export async function noOpBus() {
  const { CommandBus, CommandHandler } = require('@ocoda/event-sourcing');
  let calls = 0;
  class NothingHandler {
    async execute() {
      calls++;
    }
  }
  decorateClass(NothingHandler, CommandHandler(Nothing));
  const app = await start({ providers: [NothingHandler] });
  const bus = app.get(CommandBus);
  return { Command: Nothing, dispatch: command => bus.execute(command), calls: () => calls };
}

export const specifier = () => new URL(`file://${require.resolve('@ocoda/event-sourcing')}`).href;

// @nestjs/cqrs in the form its documentation shows: AggregateRoot, EventPublisher.mergeObjectContext, commit().
import { randomUUID } from 'node:crypto';
import { constructorTypes, decorateClass } from './decorate.js';
import { CreateTodo, Nothing, RenameTodo } from './messages.js';
import { Snapshots } from './snapshots.js';

export const versions = async () => {
  const manifest = await import('@nestjs/cqrs/package.json', { with: { type: 'json' } });
  const core = await import('@nestjs/core/package.json', { with: { type: 'json' } });
  return { '@nestjs/cqrs': manifest.default.version, '@nestjs/core': core.default.version };
};

class TodoCreated {
  constructor(id, description) {
    this.id = id;
    this.description = description;
  }
}
class TodoRenamed {
  constructor(id, description) {
    this.id = id;
    this.description = description;
  }
}

class EventStore {
  streams = new Map();

  async read(id, after = 0) {
    const stream = this.streams.get(id) ?? [];
    return after > 0 ? stream.slice(after) : stream;
  }

  async append(id, expected, events) {
    const stream = this.streams.get(id) ?? [];
    if (stream.length !== expected) throw new Error(`${id} is at version ${stream.length}, not ${expected}`);
    for (const event of events) stream.push(event);
    this.streams.set(id, stream);
  }

  reset() {
    this.streams = new Map();
  }
}

class EnvelopeStore {
  streams = new Map();
  all = [];

  async read(id) {
    return (this.streams.get(id) ?? []).map(({ event }) => event);
  }

  async append(id, expected, events, commandName) {
    const stream = this.streams.get(id) ?? [];
    if (stream.length !== expected) throw new Error(`${id} is at version ${stream.length}, not ${expected}`);
    const recordedAt = new Date().toISOString();
    const correlationId = randomUUID();
    for (const event of events) {
      const recorded = {
        id: randomUUID(),
        name: event.constructor.name,
        aggregateName: 'Todo',
        aggregateId: id,
        version: stream.length + 1,
        position: this.all.length + 1,
        event: Object.freeze(event),
        metadata: Object.freeze({ correlationId, causationId: correlationId, commandName }),
        recordedAt,
      };
      stream.push(Object.freeze(recorded));
      this.all.push(recorded);
    }
    this.streams.set(id, stream);
  }

  reset() {
    this.streams = new Map();
    this.all = [];
  }
}

async function nest() {
  await import('reflect-metadata');
  return { ...(await import('@nestjs/common')), ...(await import('@nestjs/core')), ...(await import('@nestjs/cqrs')) };
}

/** With `every`, a snapshot by hand is taken every so many events: @nestjs/cqrs has none. */
export async function todoApp({ envelopes = false, every } = {}) {
  const { AggregateRoot, CommandBus, CommandHandler, CqrsModule, EventPublisher, EventsHandler, Module, NestFactory } =
    await nest();
  let first = 0;
  let second = 0;
  const snapshots = every && new Snapshots(every);

  class Todo extends AggregateRoot {
    description = '';
    renames = 0;

    constructor(id) {
      super();
      this.id = id;
      this.version = 0;
    }

    create(description) {
      this.apply(new TodoCreated(this.id, description));
    }

    rename(description) {
      if (description !== this.description) this.apply(new TodoRenamed(this.id, description));
    }

    onTodoCreated({ description }) {
      this.description = description;
    }

    onTodoRenamed({ description }) {
      this.description = description;
      this.renames++;
    }
  }

  class Todos {
    constructor(publisher) {
      this.publisher = publisher;
      this.store = envelopes ? new EnvelopeStore() : new EventStore();
    }

    async load(id) {
      const snapshot = snapshots && (await snapshots.load(id));
      const after = snapshot?.version ?? 0;
      const events = await this.store.read(id, after);
      const todo = this.publisher.mergeObjectContext(new Todo(id));
      if (snapshot) Object.assign(todo, snapshot.state);
      todo.loadFromHistory(events);
      todo.version = after + events.length;
      return todo;
    }

    async save(todo, commandName) {
      const events = todo.getUncommittedEvents();
      await this.store.append(todo.id, todo.version, events, commandName);
      snapshots?.take(todo.id, todo.version + events.length, { description: todo.description, renames: todo.renames });
      todo.commit();
    }
  }
  constructorTypes(Todos, EventPublisher);

  class CreateTodoHandler {
    constructor(todos) {
      this.todos = todos;
    }

    async execute({ id, description }) {
      const todo = await this.todos.load(id);
      if (todo.version > 0) throw new Error(`${id} exists`);
      todo.create(description);
      await this.todos.save(todo, 'CreateTodo');
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
      await this.todos.save(todo, 'RenameTodo');
    }
  }
  constructorTypes(CreateTodoHandler, Todos);
  constructorTypes(RenameTodoHandler, Todos);
  decorateClass(CreateTodoHandler, CommandHandler(CreateTodo));
  decorateClass(RenameTodoHandler, CommandHandler(RenameTodo));

  class FirstListener {
    handle(event) {
      if (event.description) first++;
    }
  }
  class SecondListener {
    handle(event) {
      if (event.description) second++;
    }
  }
  for (const listener of [FirstListener, SecondListener]) decorateClass(listener, EventsHandler(TodoRenamed));

  class AppModule {}
  const providers = [Todos, CreateTodoHandler, RenameTodoHandler, FirstListener, SecondListener];
  decorateClass(Todos, (await nest()).Injectable());
  decorateClass(AppModule, Module({ imports: [CqrsModule.forRoot()], providers }));
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const bus = app.get(CommandBus);
  const todos = app.get(Todos);
  return {
    create: (id, description) => bus.execute(new CreateTodo(id, description)),
    rename: (id, description) => bus.execute(new RenameTodo(id, description)),
    calls: () => first + second,
    reset: () => todos.store.reset(),
    async stream(id) {
      const events = await todos.store.read(id);
      return { events: first === second ? events.length : -1, text: events.at(-1)?.description };
    },
    async load(id) {
      const { description, renames } = await todos.load(id);
      return { text: description, renames };
    },
    snapshot: id => snapshots.version(id),
  };
}

export async function noOpBus() {
  const { CommandBus, CommandHandler, CqrsModule, Module, NestFactory } = await nest();
  let calls = 0;
  class NothingHandler {
    async execute() {
      calls++;
    }
  }
  decorateClass(NothingHandler, CommandHandler(Nothing));
  class AppModule {}
  decorateClass(AppModule, Module({ imports: [CqrsModule.forRoot()], providers: [NothingHandler] }));
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const bus = app.get(CommandBus);
  return { Command: Nothing, dispatch: command => bus.execute(command), calls: () => calls };
}

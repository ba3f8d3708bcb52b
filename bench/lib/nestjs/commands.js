// A command to a handler class in a Nest application: it loads an aggregate, changes and saves it; one listener hears of the event.
// Both applications have the store and the repositories of eventuality.
import { decorateClass, decorateMethod } from '../decorate.js';
import { ReplaceableStore } from '../eventuality.js';
import { RenameTodo, TodoCreated, TodoRenamed } from '../messages.js';
import { packages, started } from './packages.js';

/** The aggregate, its store, and what a workload asks about them. */
function domain({ Aggregate, AggregateRoot, EventHandler, InMemoryEventStore, Repository }) {
  class Todo extends AggregateRoot {
    create(description) {
      this.apply(new TodoCreated(description));
    }
    rename(description) {
      this.apply(new TodoRenamed(description));
    }
    described({ description }) {
      this.description = description;
    }
  }
  decorateMethod(Todo, 'described', EventHandler(TodoCreated), EventHandler(TodoRenamed));
  decorateClass(Todo, Aggregate('Todo'));
  const store = new ReplaceableStore(() => new InMemoryEventStore());
  const todos = new Repository(Todo, store);
  return {
    ...{ Todo, store, todos },
    async seed(id, texts) {
      const todo = new Todo(id);
      todo.create(texts[0]);
      for (const text of texts.slice(1)) todo.rename(text);
      await todos.save(todo);
    },
    async stream(id) {
      const events = await store.read({ aggregateName: 'Todo', aggregateId: id });
      return { events: events.length, text: events.at(-1)?.payload.description };
    },
    reset: () => store.reset(),
  };
}

/** With EventualityModule. */
export async function withFlow({ scoped }) {
  const { nest, all, EventualityModule, InjectRepository } = await packages();
  const { Todo, store, ...asked } = domain(all);
  let calls = 0;
  class Renaming {
    constructor(todos) {
      this.todos = todos;
    }
    async rename({ id, description }) {
      const todo = await this.todos.load(id);
      todo.rename(description);
      await this.todos.save(todo);
    }
  }
  class Listener {
    renamed() {
      calls++;
    }
  }
  InjectRepository(Todo)(Renaming, undefined, 0);
  decorateMethod(Renaming, 'rename', all.CommandHandler(RenameTodo));
  decorateClass(Renaming, nest.Injectable(scopeOf(nest, scoped)));
  decorateMethod(Listener, 'renamed', all.EventHandler(TodoRenamed));
  const app = await started(nest, {
    imports: [EventualityModule.forRoot({ eventStore: store }), EventualityModule.forFeature([Todo])],
    providers: [Renaming, Listener],
  });
  const flow = app.get(all.Flow);
  return { ...asked, rename: (id, text) => flow.dispatch(new RenameTodo(id, text)), calls: () => calls };
}

/** With @nestjs/cqrs, whose event bus is told what was saved. */
export async function withBus({ scoped }) {
  const { nest, all, cqrs } = await packages();
  const { todos, ...asked } = domain(all);
  let calls = 0;
  class Renaming {
    constructor(todos, bus) {
      this.todos = todos;
      this.bus = bus;
    }
    async execute({ id, description }) {
      const todo = await this.todos.load(id);
      todo.rename(description);
      await this.todos.save(todo);
      this.bus.publish(new TodoRenamed(description));
    }
  }
  class Listener {
    handle() {
      calls++;
    }
  }
  nest.Inject('todos')(Renaming, undefined, 0);
  nest.Inject(cqrs.EventBus)(Renaming, undefined, 1);
  decorateClass(Renaming, cqrs.CommandHandler(RenameTodo, scopeOf(nest, scoped)));
  decorateClass(Listener, cqrs.EventsHandler(TodoRenamed));
  const app = await started(nest, {
    imports: [cqrs.CqrsModule.forRoot()],
    providers: [Renaming, Listener, { provide: 'todos', useValue: todos }],
  });
  const bus = app.get(cqrs.CommandBus);
  return { ...asked, rename: (id, text) => bus.execute(new RenameTodo(id, text)), calls: () => calls };
}

const scopeOf = ({ Scope }, scoped) => (scoped ? { scope: Scope.REQUEST } : {});

import { SILENT } from '../support/logger';
import 'reflect-metadata';
import {
  type Application,
  type BootstrapOptions,
  bootstrap,
  EventHandler,
  InjectReadModel,
  Module,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  Reactor,
  type ReactorContext,
  type ReadModel,
  WaitTimeoutError,
} from 'eventuality';
import type { ProjectionMode } from '../../src/processing';
import { CompleteTodo, CreateTodo, RenameTodo, Todo, TodoCompleted, TodoCreated, TodoRenamed } from '../domain/todo';
import { PLACES, type Place } from '../support/stores/places';
import { pause, until } from '../support/waiting';

interface TodoView {
  readonly id: string;
  readonly description: string;
  readonly completed: boolean;
}

class OpenTodos extends Query<string[]> {}

/** The same class in each mode: what it makes must be the same. */
function moduleOf(mode: ProjectionMode, prefix = '') {
  @Projection('todo-list', { mode, indexes: ['completed'] })
  class TodoList {
    @EventHandler(TodoCreated)
    created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
      if (description === 'poison') throw new Error('this cannot be shown');
      documents.set(event.aggregateId, { id: event.aggregateId, description: prefix + description, completed: false });
    }

    @EventHandler(TodoRenamed)
    async renamed({ description }: TodoRenamed, { documents, event }: ProjectionContext<TodoView>) {
      await documents.update(event.aggregateId, { description: prefix + description });
    }

    @EventHandler(TodoCompleted)
    async completed(_event: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
      await documents.update(event.aggregateId, { completed: true });
    }
  }

  class Todos {
    constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}

    @QueryHandler(OpenTodos)
    async open() {
      const open = [];
      for await (const { description } of this.todos.all({ where: { completed: false } })) open.push(description);
      return open;
    }
  }

  @Module({ components: [Todo, TodoList, Todos] })
  class TodoModule {}
  return { TodoModule, TodoList };
}

describe.each(PLACES)('%s', (where, make) => {
  let place: Place;
  let running: Application[];

  beforeEach(() => {
    place = make();
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map(flow => flow.close()));
    await place.end();
  });

  async function start(module: new () => object, options: BootstrapOptions = {}): Promise<Application> {
    const flow = await bootstrap(module, { eventStore: place.open(), logger: SILENT, ...options });
    running.push(flow);
    return flow;
  }

  test.each<ProjectionMode>(['async', 'inline', 'live'])(
    'the same class makes the same of the events when it is %s',
    async mode => {
      const { TodoModule, TodoList } = moduleOf(mode);
      const flow = await start(TodoModule);
      for (let n = 1; n <= 20; n++) await flow.dispatch(new CreateTodo(`${n}`, `todo ${n}`));
      await flow.dispatch(new RenameTodo('2', 'renamed'));
      const { position } = await flow.dispatch(new CompleteTodo('1'));
      await flow.waitFor(position!);
      const todos = flow.readModel(TodoList);
      expect(await todos.get('1')).toEqual({ id: '1', description: 'todo 1', completed: true });
      expect(await todos.get('2')).toEqual({ id: '2', description: 'renamed', completed: false });
      expect(await flow.query(new OpenTodos())).toHaveLength(19);
      expect([...(await todos.getMany(['1', '21'])).keys()]).toEqual(['1']);
    },
  );

  test('a command can wait for a projection: then its own writes are read', async () => {
    const { TodoModule, TodoList } = moduleOf('async');
    const flow = await start(TodoModule);
    for (let n = 1; n <= 10; n++) {
      const outcome = await flow.dispatch(new CreateTodo(`${n}`, `todo ${n}`), { waitFor: [TodoList] });
      expect(outcome.succeeded).toBe(true);
      expect(await flow.readModel(TodoList).get(`${n}`)).toMatchObject({ description: `todo ${n}` });
    }
    await expect(flow.dispatch(new CreateTodo('11', ''), { waitFor: ['todolist'] })).rejects.toMatchObject({
      code: 'UNKNOWN_PROJECTION',
    });
    expect(await flow.readModel(TodoList).get('11')).toBeUndefined();
  });

  test('a wait that takes too long says for what, and has the outcome of the command', async () => {
    const { TodoModule, TodoList } = moduleOf('async');
    const flow = await start(TodoModule, { follow: false });
    const error = await flow
      .dispatch(new CreateTodo('1', 'x'), { waitFor: [TodoList], waitTimeout: 50 })
      .catch(each => each);
    expect(error).toBeInstanceOf(WaitTimeoutError);
    expect(error).toMatchObject({ code: 'WAIT_TIMEOUT', timeout: 50, behind: [{ name: 'todo-list', position: 0n }] });
    expect(error.outcome).toMatchObject({ succeeded: true, aggregateId: '1', position: error.position });
    expect(error.message).toContain("'todo-list' is at 0");
    expect((await flow.repository(Todo).load('1')).description).toBe('x');
    await expect(flow.waitFor(error.position, { processors: [TodoList], timeout: 20 })).rejects.toBeInstanceOf(
      WaitTimeoutError,
    );
  });

  test('the outcome of a command that waits is not lost when it is aborted, or the flow is closed, meanwhile', async () => {
    const { TodoModule, TodoList } = moduleOf('async');
    const flow = await start(TodoModule, { follow: false });
    const aborting = new AbortController();
    const options = { waitFor: [TodoList], waitTimeout: 300, signal: aborting.signal };
    const waiting = flow.dispatch(new CreateTodo('1', 'x'), options).catch(each => each);
    await until(async () => (await flow.repository(Todo).find('1')) !== null, 'the event is stored');
    aborting.abort();
    await flow.close();
    expect(await waiting).toMatchObject({ code: 'WAIT_TIMEOUT', outcome: { succeeded: true, aggregateId: '1' } });
  });

  test('a process that does not follow reads, waits and watches what others do', async () => {
    const { TodoModule, TodoList } = moduleOf('async');
    const reader = await start(TodoModule, { follow: false });
    const worker = await start(TodoModule);
    const watch = reader.watch(new OpenTodos())[Symbol.asyncIterator]();
    await watch.next();
    const { position } = await worker.dispatch(new CreateTodo('1', 'Buy milk'));
    await reader.waitFor(position!, { processors: [TodoList] });
    expect(await reader.readModel(TodoList).get('1')).toMatchObject({ description: 'Buy milk' });
    expect((await watch.next()).value).toEqual(['Buy milk']);
    await worker.dispatch(new CreateTodo('2', 'Buy bread'));
    expect((await watch.next()).value).toEqual(['Buy milk', 'Buy bread']);
  });

  test('a watcher sees the last of many changes, made by this process and by another', async () => {
    const { TodoModule } = moduleOf('async');
    const [one, other] = [await start(TodoModule), await start(TodoModule)];
    const watching = [one, other].map(async flow => {
      for await (const open of flow.watch(new OpenTodos())) if (open.length === 100) return open.length;
      return 0;
    });
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => (n % 2 ? one : other).dispatch(new CreateTodo(`${n}`, `todo ${n}`))),
    );
    expect(await Promise.all(watching)).toEqual([100, 100]);
  });

  test('an inline projection is up to date when the command is done, in every process', async () => {
    const { TodoModule, TodoList } = moduleOf('inline');
    const [one, other] = [await start(TodoModule), await start(TodoModule, { follow: false })];
    await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const [flow, reader] = n % 2 ? [one, other] : [other, one];
        await flow.dispatch(new CreateTodo(`${n}`, `todo ${n}`));
        expect(await flow.readModel(TodoList).get(`${n}`)).toMatchObject({ id: `${n}`, completed: false });
        await flow.dispatch(new CompleteTodo(`${n}`));
        expect(await reader.readModel(TodoList).get(`${n}`)).toMatchObject({ completed: true });
      }),
    );
    expect(await one.query(new OpenTodos())).toEqual([]);
  });

  test('a handler of an inline projection that throws rejects the command, and nothing is appended', async () => {
    const { TodoModule, TodoList } = moduleOf('inline');
    const flow = await start(TodoModule);
    await flow.dispatch(new CreateTodo('1', 'Buy milk'));
    const error = await flow.dispatch(new CreateTodo('2', 'poison')).catch(each => each);
    expect(error).toMatchObject({ code: 'INLINE_PROJECTION', projection: 'todo-list', eventName: 'TodoCreated' });
    expect(error.cause).toMatchObject({ message: 'this cannot be shown' });
    expect(await flow.repository(Todo).find('2')).toBeNull();
    await flow.dispatch(new CreateTodo('2', 'Buy bread'));
    expect(await flow.readModel(TodoList).get('2')).toMatchObject({ description: 'Buy bread' });
  });

  test('an inline projection catches up with events that were appended without it', async () => {
    const { TodoModule, TodoList } = moduleOf('inline');
    const before = place.open();
    const events = Array.from({ length: 30 }, () => ({ name: 'TodoCreated', payload: { description: 'old' } }));
    const old = (ids: string) =>
      before.append(
        events.map((event, n) => ({
          stream: { aggregateName: 'Todo', aggregateId: `${ids}${n}` },
          expected: 'none' as const,
          events: [event],
        })),
      );
    await old('a');
    const flow = await start(TodoModule, { follow: false });
    await flow.dispatch(new CreateTodo('1', 'new'));
    expect(await flow.query(new OpenTodos())).toHaveLength(31);
    await old('b');
    await flow.dispatch(new CreateTodo('2', 'new'));
    expect(await flow.query(new OpenTodos())).toHaveLength(62);
    expect(await flow.readModel(TodoList).get('b29')).toMatchObject({ description: 'old' });
  });

  test('a conflict is a conflict: the command decides again, and the inline projection sees each event once', async () => {
    const { TodoModule, TodoList } = moduleOf('inline');
    const [one, other] = [await start(TodoModule), await start(TodoModule)];
    await one.dispatch(new CreateTodo('1', 'start'));
    await Promise.all([one, other].flatMap(flow => ['a', 'b'].map(name => flow.dispatch(new RenameTodo('1', name)))));
    const { description } = await one.repository(Todo).load('1');
    expect(await one.readModel(TodoList).get('1')).toMatchObject({ description });
  });

  test.each<ProjectionMode>(['async', 'inline'])(
    'a rebuild while commands come: no read fails, and nothing is lost at the switch (%s)',
    async mode => {
      const { TodoModule, TodoList } = moduleOf(mode);
      const flow = await start(TodoModule);
      for (let n = 0; n < 20; n++) await flow.dispatch(new CreateTodo(`${n}`, `todo ${n}`));
      let rebuilt = false;
      let n = 20;
      const commands = (async () => {
        while (!rebuilt) {
          const id = `${n++}`;
          await new Promise(setImmediate);
          await flow.dispatch(new CreateTodo(id, `todo ${id}`), mode === 'inline' ? {} : { waitFor: [TodoList] });
          expect(await flow.readModel(TodoList).get(id)).toMatchObject({ id });
        }
      })();
      const rebuild = await flow.processors.of('todo-list').rebuild();
      await Promise.race([rebuild.done, commands]);
      rebuilt = true;
      await commands;
      expect(await flow.eventStore.projections!.active('todo-list')).toBe(rebuild.version);
      await flow.waitFor(BigInt((await flow.eventStore.readAll({ limit: 1000 })).at(-1)!.position));
      expect(await flow.query(new OpenTodos())).toHaveLength(n);
    },
  );

  test('readers in another process see no error while versions come and go, and the new one soon', async () => {
    const { TodoModule, TodoList } = moduleOf('async');
    const reader = await start(TodoModule, { follow: false });
    const worker = await start(TodoModule);
    const { position } = await worker.dispatch(new CreateTodo('1', 'Buy milk'));
    await worker.waitFor(position!);
    let ended = false;
    const reads = (async () => {
      for (; !ended; await pause(1)) {
        expect(await reader.readModel(TodoList).get('1')).toMatchObject({ description: 'Buy milk' });
        expect(await reader.query(new OpenTodos())).toEqual(['Buy milk']);
      }
    })();
    for (let times = 1; times <= 3; times++) {
      const rebuild = await worker.processors.of('todo-list').rebuild();
      await Promise.race([rebuild.done, reads]);
      expect(rebuild.version).toBe(times + 1);
    }
    ended = true;
    await reads;
    const newer = moduleOf('async', 'new: ').TodoModule;
    await worker.close();
    if (where === 'in memory') return;
    const following = await start(newer);
    await (await following.processors.of('todo-list').rebuild()).done;
    await until(
      async () => (await reader.readModel(TodoList).get('1'))?.description === 'new: Buy milk',
      'the new version is read',
    );
  });

  test('a reactor does what came while it was away, and dispatches with its cause', async () => {
    @Reactor('completer')
    class Completer {
      @EventHandler(TodoCreated)
      async created(_event: TodoCreated, { event, dispatch }: ReactorContext) {
        await dispatch(new CompleteTodo(event.aggregateId));
      }
    }
    @Module({ components: [Todo, Completer] })
    class ListeningModule {}
    const first = await start(ListeningModule);
    const { position } = await first.dispatch(new CreateTodo('1', 'x'));
    await first.waitFor(position!);
    const away = await start(ListeningModule, { follow: false });
    if (where !== 'in memory') await first.close();
    const created = await away.dispatch(new CreateTodo('2', 'y'));
    const second = await start(ListeningModule);
    await second.waitFor(created.position!, { processors: [Completer] });
    await until(async () => (await second.repository(Todo).load('2')).completed, 'the listener completes the todo');
    const events = await second.eventStore.read({ aggregateName: 'Todo', aggregateId: '2' });
    expect(events.map(({ name }) => name)).toEqual(['TodoCreated', 'TodoCompleted']);
    expect(events[1]!.metadata).toMatchObject({
      correlationId: events[0]!.metadata.correlationId,
      commandCausationId: events[0]!.id,
    });
  });
});

import { SILENT as quiet } from '../support/logger';
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bootstrap,
  defineProjection,
  defineReactor,
  EventHandler,
  Flow,
  InjectReadModel,
  InMemoryEventStore,
  Module,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  Reactor,
  type ReactorContext,
  type ReadModel,
  ReplayHandler,
  WaitTimeoutError,
} from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { CompleteTodo, CreateTodo, Todo, TodoCompleted, TodoCreated, TodoRenamed } from '../domain/todo';
import { TestSchema } from '../support/stores/schema';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-docs-read-side-'));
afterAll(() => rmSync(folder, { recursive: true }));
const schema = new TestSchema(__filename);

/** Draws how a rebuild is getting on. */
const bar = {
  drawn: [] as [number, number][],
  draw: (done: number, total: number, _rate: number, _secondsLeft: number | undefined) =>
    void bar.drawn.push([done, total]),
};

// #region projection
interface TodoView {
  readonly id: string;
  readonly description: string;
  readonly completed: boolean;
}

@Projection('todo-list', { indexes: ['completed', 'description'] })
class TodoList {
  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    documents.set(event.aggregateId, { id: event.aggregateId, description, completed: false });
  }

  @EventHandler(TodoRenamed)
  async renamed({ description }: TodoRenamed, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { description });
  }

  @EventHandler(TodoCompleted)
  async completed(_event: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { completed: true });
  }
}
// #endregion projection

interface Mails {
  send(text: string, key: string): Promise<void>;
}
const sent: string[] = [];
const mails: Mails = { send: async text => void sent.push(text) };

// #region listener
@Reactor('mailer')
class Mailer {
  @EventHandler(TodoCompleted)
  async completed(_event: TodoCompleted, { event }: ReactorContext) {
    await mails.send(`${event.aggregateId} is done`, event.id);
  }

  @ReplayHandler(TodoCompleted)
  before() {
    // Completed before there was a mailer: send no mail.
  }
}
// #endregion listener

// #region query
class OpenTodos extends Query<readonly TodoView[]> {
  constructor(readonly limit = 100) {
    super();
  }
}

class TodoQueries {
  constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}

  @QueryHandler(OpenTodos)
  async open({ limit }: OpenTodos) {
    const { items } = await this.todos.find({ where: { completed: false }, orderBy: 'description', limit });
    return items;
  }
}

@Module({ components: [Todo, TodoList, TodoQueries, Mailer] })
class TodoModule {}
// #endregion query

test('projections, read models, reading one’s own writes', async () => {
  // #region start
  const flow = await bootstrap(TodoModule, { eventStore: sqlite(join(folder, 'todos.db')) });
  // #endregion start
  // #region wait
  await flow.dispatch(new CreateTodo('1', 'Buy milk'), { waitFor: [TodoList] });
  const open = await flow.query(new OpenTodos()); // [{ id: '1', description: 'Buy milk', completed: false }]
  // #endregion wait
  expect(open).toEqual([{ id: '1', description: 'Buy milk', completed: false }]);
  // #region read
  const todos = flow.readModel(TodoList);
  const todo = await todos.get('1');
  const some = await todos.getMany(['1', '2']);
  const first = await todos.first({
    where: { completed: [true, false] },
    orderBy: { field: 'description', direction: 'desc' },
  });
  for await (const { description } of todos.all({ where: { completed: false } })) console.assert(description !== '');
  // #endregion read
  expect([todo?.description, some.size, first?.id]).toEqual(['Buy milk', 1, '1']);
  // #region waiting
  const { position } = await flow.dispatch(new CompleteTodo('1'));
  await flow.waitFor(position!, { processors: [TodoList, Mailer], timeout: 2_000 });
  // #endregion waiting
  expect(sent).toEqual(['1 is done']);
  // #region status
  const { state, lag, parked } = await flow.processors.of('todo-list').status();
  // #endregion status
  expect({ state, events: lag.events, parked }).toEqual({ state: 'following', events: 0, parked: [] });
  // #region health
  const { healthy, faults } = await flow.processors.health({ timeout: 500 });
  // #endregion health
  expect([healthy, faults]).toEqual([true, []]);
  // #region rebuild
  const rebuild = await flow.processors.of('todo-list').rebuild();
  for await (const { done, total, rate, secondsLeft } of rebuild.progress()) bar.draw(done, total, rate, secondsLeft);
  await rebuild.done; // readers see the new version; `rebuild.cancel()` would have dropped it
  // #endregion rebuild
  expect(bar.drawn.at(-1)).toEqual([2, 2]);
  // #region parked
  const processor = flow.processors.of('todo-list');
  for (const { sequence, position, error } of await processor.deadLetters()) console.error(sequence, position, error);
  await processor.retry(); // all of them, after the cause is fixed; or `retry(sequence)`
  await processor.discard({ sequence: 'Todo/1' }); // or one event, by its `position`; without arguments, all
  // #endregion parked
  expect(await processor.deadLetters()).toEqual([]);
  await flow.close();
});

test('what a handler cannot take holds a new version up', async () => {
  const eventStore = new InMemoryEventStore();
  let broken = false;
  const view = defineProjection<{ n: number }>({
    name: 'view',
    retry: { attempts: 2, delay: 1 },
    on: {
      Counted({ n }, { event, documents }) {
        if (broken) throw new Error('not today');
        documents.set(event.aggregateId, { n });
      },
    },
  });
  const flow = new Flow({ eventStore, processors: [view], logger: quiet });
  await eventStore.append([
    {
      stream: { aggregateName: 'Count', aggregateId: '1' },
      expected: 'any',
      events: [{ name: 'Counted', payload: { n: 1 } }],
    },
  ]);
  await flow.processors.waitFor(1n);
  broken = true;
  await flow.processors.of('view').rebuild();
  while (!(await flow.processors.of('view').status()).rebuild?.heldUpBy)
    await new Promise(resolve => setTimeout(resolve, 5));
  const printed = jest.spyOn(console, 'error').mockImplementation();
  // #region held-up
  const held = flow.processors.of('view');
  const { rebuild } = await held.status();
  for (const { sequence, error } of await held.deadLetters({ version: rebuild!.version }))
    console.error(sequence, error);
  await held.retry(); // after the cause is fixed: the retry includes the new version
  await held.discard({ version: rebuild!.version, sequence: 'Count/1' }); // or discard these events
  await (await held.rebuild()).switchAnyway(); // or let readers see the new version as it is; `cancel()` drops it
  // #endregion held-up
  expect(printed).toHaveBeenCalledWith('Count/1', expect.stringContaining('not today'));
  printed.mockRestore();
  expect(await flow.processors.of('view').status()).toMatchObject({ activeVersion: 2, rebuild: undefined });
  await flow.close();
});

test('a failure is told, and a health check sees it', async () => {
  const pager = { call: jest.fn() };
  @Projection('broken')
  class Broken {
    @EventHandler(TodoCreated)
    created() {
      throw new Error('not today');
    }
  }
  @Module({ components: [Todo, Broken] })
  class BrokenModule {}
  // #region failures
  const flow = await bootstrap(BrokenModule, {
    eventStore: new InMemoryEventStore(),
    logger: quiet,
    onError: (error, { kind, name, event }) => pager.call(`${kind} ${name} failed with ${event?.name}: ${error}`),
  });
  const isHealthy = async () => (await flow.processors.status()).every(({ healthy }) => healthy);
  // #endregion failures
  expect(await isHealthy()).toBe(true);
  await flow.dispatch(new CreateTodo('1', 'Buy milk'), { waitFor: [Broken] });
  expect(await isHealthy()).toBe(false);
  expect(pager.call).toHaveBeenCalledWith('projection broken failed with TodoCreated: Error: not today');
  await flow.close();
});

test('a wait that took too long', async () => {
  const flow = await bootstrap(TodoModule, { eventStore: new InMemoryEventStore(), follow: false });
  let told: unknown;
  // #region timeout
  try {
    await flow.dispatch(new CreateTodo('1', 'Buy milk'), { waitFor: [TodoList], waitTimeout: 100 });
  } catch (error) {
    if (!(error instanceof WaitTimeoutError)) throw error;
    told = error.outcome; // the command was carried out: do not dispatch it again
  }
  // #endregion timeout
  expect(told).toMatchObject({ succeeded: true });
  await flow.close();
});

test('a live query', async () => {
  const flow = await bootstrap(TodoModule);
  const shown: (readonly TodoView[])[] = [];
  const show = (open: readonly TodoView[]): void => void shown.push(open);
  // #region watch
  const leaving = new AbortController();
  const watching = (async () => {
    for await (const open of flow.watch(new OpenTodos(), { signal: leaving.signal })) show(open);
  })();
  // #endregion watch
  await flow.dispatch(new CreateTodo('1', 'Buy milk'), { waitFor: [TodoList] });
  while (shown.at(-1)?.length !== 1) await new Promise(setImmediate);
  leaving.abort();
  await watching;
  expect(shown.at(-1)).toEqual([{ id: '1', description: 'Buy milk', completed: false }]);
  await flow.close();
});

test('without classes', async () => {
  const told: string[] = [];
  // #region plain
  const Totals = defineProjection<{ cents: number }>({
    name: 'totals',
    on: {
      async Sold({ cents }, { documents, event }) {
        const before = (await documents.get(event.aggregateId))?.cents ?? 0;
        documents.set(event.aggregateId, { cents: before + cents });
      },
    },
  });
  const Teller = defineReactor({ name: 'teller', on: { Sold: ({ cents }) => void told.push(`sold for ${cents}`) } });

  const flow = new Flow({ eventStore: new InMemoryEventStore(), processors: [Totals, Teller] });
  // #endregion plain
  const outcome = await flow.eventStore.append([
    {
      stream: { aggregateName: 'Shop', aggregateId: '1' },
      expected: 'any',
      events: [1, 2].map(cents => ({ name: 'Sold', payload: { cents } })),
    },
  ]);
  await flow.waitFor(outcome.ok ? outcome.events.at(-1)!.position : 0n);
  expect(await flow.readModel(Totals).get('1')).toEqual({ cents: 3 });
  await flow.close();
});

test('tables of one’s own, with Kysely', async () => {
  await schema.sql(`create schema if not exists ${schema.name}`);
  await schema.sql(`create table ${schema.name}.todo_words (todo text primary key, words integer not null)`);
  const eventStore = schema.open();
  // #region kysely
  interface Tables {
    todo_words: { todo: string; words: number };
  }

  // It only builds SQL; the client of the transaction runs it.
  const kysely = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: db => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  }).withSchema(schema.name);

  @Projection('todo-words')
  class TodoWords {
    @EventHandler(TodoCreated)
    created({ description }: TodoCreated, { event, inTransaction }: ProjectionContext) {
      const row = { todo: event.aggregateId, words: description.split(' ').length };
      const { sql, parameters } = kysely.insertInto('todo_words').values(row).compile();
      inTransaction(client => client.query(sql, parameters));
    }
  }
  // #endregion kysely
  @Module({ components: [Todo, TodoWords] })
  class WordsModule {}
  const flow = await bootstrap(WordsModule, { eventStore, logger: quiet });
  await flow.dispatch(new CreateTodo('1', 'Buy oat milk'), { waitFor: [TodoWords] });
  expect(await schema.sql(`select * from ${schema.name}.todo_words`)).toEqual([{ todo: '1', words: 3 }]);
  await flow.close();
});

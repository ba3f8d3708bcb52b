import { SILENT } from '../support/logger';
import 'reflect-metadata';
import {
  Aggregate,
  AggregateRoot,
  type CommandContext,
  CommandHandler,
  EventHandler,
  type HandlerContext,
  InjectReadModel,
  Module,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  Reactor,
  type ReactorContext,
  type ReadModel,
} from 'eventuality';
import { type TestFlow, testFlow, VirtualClock } from 'eventuality/testing';
import { CompleteTodo, CreateTodo, RenameTodo, Todo, TodoCompleted, TodoCreated, TodoRenamed } from '../domain/todo';

interface TodoView {
  readonly description: string;
  readonly completed: boolean;
}

class OpenTodos extends Query<string[]> {}

@Projection('todo-list', { indexes: ['completed'] })
class TodoList {
  constructor(@InjectReadModel(TodoList) private readonly todos: ReadModel<TodoView>) {}

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated, { documents, event }: ProjectionContext<TodoView>) {
    documents.set(event.aggregateId, { description, completed: false });
  }

  @EventHandler(TodoCompleted)
  async completed(_: TodoCompleted, { documents, event }: ProjectionContext<TodoView>) {
    await documents.update(event.aggregateId, { completed: true });
  }

  @QueryHandler(OpenTodos)
  async open() {
    return (await this.todos.find({ where: { completed: false } })).items.map(({ description }) => description);
  }
}

/** Completes each todo that says so, and fails twice before. */
@Reactor('completer', { retry: { attempts: 3, delay: 600_000, maxDelay: 600_000 } })
class Completer {
  calls = 0;

  @EventHandler(TodoCreated)
  async created({ description }: TodoCreated, { event, dispatch }: ReactorContext) {
    if (description !== 'at once') return;
    if (++this.calls < 3) throw new Error(`not yet: ${this.calls}`);
    await dispatch(new CompleteTodo(event.aggregateId));
  }
}

class Log {
  @EventHandler(TodoCompleted)
  completed() {}

  @EventHandler(TodoRenamed)
  renamed() {}
}

@Module({ components: [Todo, TodoList, Completer, Log] })
class TodoModule {}

test('settles when listeners, what they dispatched, and projections are done', async () => {
  const printed = jest.spyOn(console, 'error').mockImplementation();
  // #region test-flow
  await using app = await testFlow(TodoModule);
  await app.flow.dispatch(new CreateTodo('1', 'Buy milk'));
  await app.flow.dispatch(new CreateTodo('2', 'at once'));
  app.clock.advanceBy(60_000);
  await app.settle();
  expect(await app.flow.query(new OpenTodos())).toEqual(['Buy milk']);
  expect(app.commands.map(({ name }) => name)).toEqual(['CreateTodo', 'CreateTodo', 'CompleteTodo']);
  expect(app.events.at(-1)).toMatchObject({ name: 'TodoCompleted', aggregateId: '2' });
  expect(app.effects.map(({ listener }) => listener).sort()).toEqual([
    'Log.completed',
    'completer',
    'completer',
    'completer',
    'completer',
  ]);
  // #endregion test-flow
  expect(printed.mock.calls.map(([message]) => message)).toEqual([
    expect.stringContaining("The reactor 'completer' failed with TodoCreated of Todo '2'"),
  ]);
  printed.mockRestore();
});

test('records commands, events and effects', async () => {
  await using app = await testFlow(TodoModule, { logger: SILENT });
  await app.flow.dispatch(new CreateTodo('1', 'at once'));
  await app.flow.dispatch(new RenameTodo('1', 'Buy milk'));
  await expect(app.flow.dispatch(new RenameTodo('1', ''))).rejects.toThrow('needs a description');
  await app.settle();
  expect(app.commands.map(({ name }) => name)).toEqual(['CreateTodo', 'RenameTodo', 'RenameTodo', 'CompleteTodo']);
  expect(app.commands[0]).toMatchObject({
    command: new CreateTodo('1', 'at once'),
    events: [{ name: 'TodoCreated', version: 1 }],
  });
  expect(app.commands[2]).toMatchObject({ error: { message: 'A todo needs a description.' } });
  expect(app.events.map(({ name }) => name)).toEqual(['TodoCreated', 'TodoRenamed', 'TodoCompleted']);
  const effects = app.effects.map(({ listener, event, error }) => [
    listener,
    event.name,
    (error as Error | undefined)?.message,
  ]);
  expect(effects.filter(([listener]) => listener === 'completer')).toEqual([
    ['completer', 'TodoCreated', 'not yet: 1'],
    ['completer', 'TodoCreated', 'not yet: 2'],
    ['completer', 'TodoCreated', undefined],
  ]);
  expect(effects.filter(([listener]) => listener !== 'completer')).toEqual([
    ['Log.renamed', 'TodoRenamed', undefined],
    ['Log.completed', 'TodoCompleted', undefined],
  ]);
});

test('the clock stands still until the test moves it, far over the time of a lease, forward and back', async () => {
  await using app = await testFlow(TodoModule, { clock: new VirtualClock('2026-01-01T00:00:00Z') });
  await app.flow.dispatch(new CreateTodo('1', 'a'));
  await app.settle();
  app.clock.advanceBy(24 * 60 * 60 * 1000);
  await app.flow.dispatch(new CreateTodo('2', 'b'));
  await app.settle();
  app.clock.setTo('2025-01-01T00:00:00Z');
  await app.flow.dispatch(new CreateTodo('3', 'c'));
  await app.settle();
  expect(await app.flow.query(new OpenTodos())).toEqual(['a', 'b', 'c']);
  expect(app.events.map(({ recordedAt }) => recordedAt.slice(0, 10))).toEqual([
    '2026-01-01',
    '2026-01-02',
    '2025-01-01',
  ]);
});

test('settles when live queries have been asked again', async () => {
  await using app = await testFlow(TodoModule);
  const seen: string[][] = [];
  const reading = (async () => {
    for await (const todos of app.flow.watch(new OpenTodos())) seen.push(todos);
  })();
  await app.settle();
  expect(seen).toEqual([[]]);
  await app.flow.dispatch(new CreateTodo('1', 'Buy milk'));
  await app.settle();
  expect(seen).toEqual([[], ['Buy milk']]);
  await app.flow.dispatch(new CompleteTodo('1'));
  await app.settle();
  expect(seen).toEqual([[], ['Buy milk'], []]);
  await app.close();
  await reading;
});

test('settles when a listener continues with commands that are not awaited', async () => {
  class Chained {
    constructor(readonly left: number) {}
  }
  let done = 0;
  class Chain {
    @CommandHandler(Chained)
    async run({ left }: Chained, { dispatch }: { dispatch(command: object): Promise<unknown> }) {
      await new Promise(resolve => setImmediate(resolve));
      if (left > 0) void dispatch(new Chained(left - 1));
      done++;
      return [];
    }
  }
  @Module({ components: [Chain] })
  class ChainModule {}
  await using app = await testFlow(ChainModule);
  void app.flow.dispatch(new Chained(20));
  await app.settle();
  expect(done).toBe(21);
});

test('settles when an event is parked; one that waits behind an error is reported', async () => {
  @Reactor('broken')
  class Broken {
    @EventHandler(TodoCreated)
    created() {
      throw new Error('broken');
    }
  }
  @Reactor('stopping', { onError: 'stop', retry: { attempts: 1 } })
  class Stopping extends Broken {}
  @Module({ components: [Todo, Broken] })
  class ParkingModule {}
  @Module({ components: [Todo, Stopping] })
  class StoppingModule {}
  await using parking = await testFlow(ParkingModule, { logger: SILENT });
  await parking.flow.dispatch(new CreateTodo('1', 'a'));
  await parking.settle();
  expect(parking.effects).toHaveLength(5);
  expect((await parking.flow.processors.of('broken').status()).parked).toHaveLength(1);
  await using stopping = await testFlow(StoppingModule, { logger: SILENT });
  await stopping.flow.dispatch(new CreateTodo('1', 'a'));
  await expect(stopping.settle({ timeout: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
});

describe('the ids that handlers take from their context', () => {
  class Assign {
    constructor(readonly id: string) {}
  }
  class Numbered {
    constructor(readonly number: string) {}
  }
  @Aggregate('Ticket')
  class Ticket extends AggregateRoot<Numbered> {
    @CommandHandler(Assign, { creates: 'if-missing' })
    number(_: Assign, { newId }: CommandContext) {
      return new Numbered(newId());
    }
  }
  class NumberAll {}
  class Numbering {
    @CommandHandler(NumberAll)
    async all(_: NumberAll, { newId, dispatch }: HandlerContext) {
      await dispatch(new Assign(newId()));
      return [];
    }
  }
  @Module({ components: [Ticket, Numbering] })
  class TicketModule {}

  const numbers = ({ events }: TestFlow): unknown[] =>
    events.map(({ aggregateId, payload }) => [aggregateId, (payload as Numbered).number]);

  test('are those of a list, and then numbered', async () => {
    await using app = await testFlow(TicketModule, { ids: ['a', 'b'] });
    for (let round = 0; round < 2; round++) await app.flow.dispatch(new NumberAll());
    await app.settle();
    expect(numbers(app)).toEqual([
      ['a', 'b'],
      ['id-3', 'id-4'],
    ]);
  });

  test('are made by a function', async () => {
    let made = 0;
    await using app = await testFlow(TicketModule, { ids: () => `ticket ${++made}` });
    await app.flow.dispatch(new NumberAll());
    expect(numbers(app)).toEqual([['ticket 1', 'ticket 2']]);
  });

  test('are UUIDs otherwise', async () => {
    await using app = await testFlow(TicketModule);
    await app.flow.dispatch(new Assign('t'));
    expect(numbers(app)).toEqual([['t', expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)]]);
  });
});

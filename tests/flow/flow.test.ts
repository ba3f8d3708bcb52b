import { setTimeout as sleep } from 'node:timers/promises';
import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  type CommandOutcome,
  defineAggregate,
  Event,
  EventBus,
  EventHandler,
  Flow,
  type FlowParts,
  InMemoryEventStore,
  type RecordedEvent,
} from 'eventuality';
import {
  CompleteTodo,
  CreateTodo,
  EmptyDescriptionError,
  RenameTodo,
  Todo,
  TodoCompleted,
  TodoCreated,
} from '../domain/todo';
import { SILENT } from '../support/logger';

const todoFlow = (parts: Partial<FlowParts> = {}): Flow =>
  new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Todo], logger: SILENT, ...parts });

const allEvents = (flow: Flow): Promise<readonly RecordedEvent[]> => flow.eventStore.readAll();

/** Wraps a store so that another process seems to append to the stream just before the next appends. */
function contended(store: InMemoryEventStore, times: number) {
  const attempts: number[] = [];
  const wrapped = Object.assign(Object.create(store), {
    append: async (appends: Parameters<InMemoryEventStore['append']>[0]) => {
      attempts.push(attempts.length + 1);
      if (attempts.length <= times) {
        await store.append([
          {
            stream: appends[0]!.stream,
            expected: 'any',
            events: [{ name: 'TodoRenamed', payload: { description: `rival ${attempts.length}` } }],
          },
        ]);
      }
      return store.append(appends);
    },
    read: store.read.bind(store),
    readAll: store.readAll.bind(store),
    subscribe: store.subscribe.bind(store),
    close: store.close.bind(store),
  });
  return { store: wrapped as InMemoryEventStore, attempts };
}

describe.each([
  ['without a cache', false as const],
  ['with a cache', { max: 10 }],
])('commands to an aggregate, %s', (_, cache) => {
  test('change it one after the other, in the order they were given', async () => {
    const flow = todoFlow({ cache });
    await flow.dispatch(new CreateTodo('1', 'start'));
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_each, index) => flow.dispatch(new RenameTodo('1', `name ${index}`))),
    );
    expect(outcomes.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_each, index) => index + 2));
    expect((await flow.repository(Todo).load('1')).description).toBe('name 49');
  });

  test('leave no trace when the handler throws or returns nothing', async () => {
    const flow = todoFlow({ cache });
    await flow.dispatch(new CreateTodo('1', 'start'));
    await expect(flow.dispatch(new RenameTodo('1', ''))).rejects.toBeInstanceOf(EmptyDescriptionError);
    expect(await flow.dispatch(new RenameTodo('1', 'start'))).toMatchObject({ succeeded: false, version: 1 });
    expect(await flow.dispatch(new RenameTodo('1', 'next'))).toMatchObject({ succeeded: true, version: 2 });
    expect(await allEvents(flow)).toHaveLength(2);
  });

  test('leave no trace of a handler that breaks the rules and changes the state itself', async () => {
    class Spoil {
      constructor(
        readonly id: string,
        readonly how: 'throw' | 'nothing' | 'event',
      ) {}
    }
    class Spoilt {
      constructor(readonly seen: number) {}
    }
    @Aggregate('Spoiled')
    class Spoiled extends AggregateRoot {
      list: string[] = [];

      @CommandHandler(Spoil, { creates: 'if-missing' })
      spoil({ how }: Spoil) {
        const seen = this.list.push('changed by the handler');
        if (how === 'throw') throw new Error('spoilt');
        return how === 'event' ? new Spoilt(seen) : undefined;
      }
    }
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Spoiled], cache });
    for (const how of ['event', 'throw', 'nothing', 'event'] as const)
      await flow.dispatch(new Spoil('1', how)).catch(() => undefined);
    expect((await allEvents(flow)).map(({ payload }) => payload)).toEqual([{ seen: 1 }, { seen: 1 }]);
  });

  test('are decided again when another process was faster', async () => {
    const { store, attempts } = contended(new InMemoryEventStore(), 0);
    const flow = todoFlow({ eventStore: store, cache });
    await flow.dispatch(new CreateTodo('1', 'start'));
    attempts.length = 0;
    const rivals = contended(store, 2);
    const second = todoFlow({ eventStore: rivals.store, cache });
    expect(await second.dispatch(new CompleteTodo('1'))).toMatchObject({ succeeded: true, version: 4 });
    expect(rivals.attempts).toHaveLength(3);
  });

  test('give up after as many attempts as were asked for, and say which versions met', async () => {
    const store = new InMemoryEventStore();
    await todoFlow({ eventStore: store, cache }).dispatch(new CreateTodo('1', 'start'));
    const rivals = contended(store, 3);
    const flow = todoFlow({ eventStore: rivals.store, cache, retry: { attempts: 3 } });
    await expect(flow.dispatch(new CompleteTodo('1'))).rejects.toMatchObject({
      code: 'CONCURRENCY',
      expected: 3,
      actual: 4,
    });
    expect(rivals.attempts).toHaveLength(3);
  });

  test('see what another process did since, also when they decide on nothing or refuse', async () => {
    const store = new InMemoryEventStore();
    const [here, there] = [todoFlow({ eventStore: store, cache }), todoFlow({ eventStore: store, cache })];
    await here.dispatch(new CreateTodo('1', 'start'));
    await there.dispatch(new RenameTodo('1', 'elsewhere'));
    expect(await here.dispatch(new RenameTodo('1', 'elsewhere'))).toMatchObject({ succeeded: false, version: 2 });
    expect(await here.dispatch(new RenameTodo('1', 'start'))).toMatchObject({ succeeded: true, version: 3 });
    await there.repository(Todo).delete('1');
    await expect(here.dispatch(new RenameTodo('1', 'start'))).rejects.toMatchObject({ code: 'AGGREGATE_NOT_FOUND' });
    const error = await here.dispatch(new CreateTodo('1', 'again')).catch(each => each);
    expect(error).toMatchObject({
      code: 'AGGREGATE_ALREADY_EXISTS',
      message: expect.stringContaining('its id cannot be used again'),
    });
    // It would not be found with it either.
    expect(error.message).not.toContain('if-missing');
  });

  test('are refused for another version than the one pinned, and never tried again then', async () => {
    const flow = todoFlow({ cache });
    await flow.dispatch(new CreateTodo('1', 'start'), { expectedVersion: 0 });
    await flow.dispatch(new RenameTodo('1', 'next'), { expectedVersion: 1 });
    await expect(flow.dispatch(new CompleteTodo('1'), { expectedVersion: 1 })).rejects.toMatchObject({
      code: 'CONCURRENCY',
      expected: 1,
      actual: 2,
    });
    const rivals = contended(flow.eventStore as InMemoryEventStore, 1);
    await expect(
      todoFlow({ eventStore: rivals.store }).dispatch(new CompleteTodo('1'), { expectedVersion: 2 }),
    ).rejects.toMatchObject({
      code: 'CONCURRENCY',
    });
    expect(rivals.attempts).toHaveLength(1);
  });

  test('return the first outcome when they are repeated with the same id', async () => {
    const heard: string[] = [];
    const flow = todoFlow({ cache, listeners: { TodoCreated: ({ aggregateId }) => heard.push(aggregateId) } });
    const first = await flow.dispatch(new CreateTodo('1', 'start'), { commandId: 'command-1' });
    await flow.dispatch(new RenameTodo('1', 'next'));
    const repeated = await flow.dispatch(new CreateTodo('1', 'start'), { commandId: 'command-1' });
    expect(repeated).toEqual(first);
    expect(await allEvents(flow)).toHaveLength(2);
    await flow.eventBus?.drain();
    expect(heard).toEqual(['1']);
  });
});

describe('the first command of an aggregate', () => {
  test('is refused when the aggregate exists, and wins once among racers', async () => {
    const flow = todoFlow();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => flow.dispatch(new CreateTodo('1', 'mine'))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(
      outcomes.filter(outcome => outcome.status === 'rejected' && outcome.reason.code === 'AGGREGATE_ALREADY_EXISTS'),
    ).toHaveLength(7);
  });

  test('may find it or make it with if-missing', async () => {
    const Counter = defineAggregate({
      name: 'Counter',
      state: { total: 0 },
      commands: {
        Count: {
          creates: 'if-missing',
          decide: ({ total }, { id }) => Event({ aggregateId: id, name: 'Counted', payload: { total: total + 1 } }),
        },
      },
      on: { Counted: (state, { payload }) => ({ ...state, total: payload.total }) },
    });
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Counter] });
    for (let round = 1; round <= 3; round++) await flow.dispatch({ name: 'Count', message: { id: 'a' } });
    expect((await flow.repository(Counter).load('a')).state).toEqual({ total: 3 });
  });

  test.each([undefined, '', 7, null, 'x'.repeat(256)])('is refused without an id that can be one: %s', async id => {
    const error = await todoFlow()
      .dispatch(new CreateTodo(id as string, 'start'))
      .catch(failure => failure);
    expect(error).toMatchObject({ code: 'MISSING_AGGREGATE_ID' });
    expect(error.message).toContain('The command CreateTodo does not name a Todo');
  });
});

describe('what a handler decides', () => {
  class Act {
    readonly id = '1';
    constructor(readonly decide: (self: Actor) => unknown) {}
  }
  class Happened {
    constructor(readonly what: unknown) {}
  }
  @Aggregate('Actor')
  class Actor extends AggregateRoot {
    seen: unknown[] = [];

    @CommandHandler(Act, { creates: 'if-missing' })
    act({ decide }: Act) {
      return decide(this) as Happened;
    }

    do(what: unknown): void {
      this.apply(new Happened(what));
    }

    @EventHandler(Happened)
    happened({ what }: Happened) {
      if (what === 'poison') throw new Error('cannot be applied');
      this.seen.push(what);
    }
  }
  const actorFlow = (): Flow => new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Actor] });
  const decide = async (decision: (self: Actor) => unknown): Promise<unknown[]> =>
    (await actorFlow().dispatch(new Act(decision))).events.map(({ payload }) => (payload as Happened).what);

  test('may be one event, a list, nothing, or a promise of these', async () => {
    expect(await decide(() => new Happened('one'))).toEqual(['one']);
    expect(await decide(() => [new Happened('one'), new Happened('two')])).toEqual(['one', 'two']);
    expect(await decide(async () => [new Happened('later')])).toEqual(['later']);
    for (const nothing of [undefined, null, [], Promise.resolve(), Promise.resolve([])])
      expect(await decide(() => nothing)).toEqual([]);
  });

  test('may be applied on the way, and sees the new state then', async () => {
    expect(
      await decide(self => {
        self.do('first');
        self.do(self.seen.length);
        return new Happened(self.seen.length);
      }),
    ).toEqual(['first', 1, 2]);
  });

  test('counts once when an event is both applied and returned', async () => {
    expect(
      await decide(self => {
        const event = new Happened('once');
        (self as unknown as { apply(event: object): void }).apply(event);
        return event;
      }),
    ).toEqual(['once']);
  });

  test('has no effect when an event handler cannot take it: a poison event is never stored', async () => {
    const flow = actorFlow();
    await expect(flow.dispatch(new Act(() => [new Happened('fine'), new Happened('poison')]))).rejects.toThrow(
      'cannot be applied',
    );
    expect(await allEvents(flow)).toEqual([]);
  });

  test('cannot be changed afterwards by the code that made it', async () => {
    const flow = actorFlow();
    const detail = { list: ['a'] };
    const { events } = await flow.dispatch(new Act(() => new Happened(detail)));
    detail.list.push('b');
    expect(events[0]!.payload).toEqual({ what: { list: ['a'] } });
    expect(() => (events[0]!.payload as { what: { list: string[] } }).what.list.push('c')).toThrow(TypeError);
    expect(() => Object.assign(events[0]!, { version: 9 })).toThrow(TypeError);
    expect(() => (events as RecordedEvent[]).push(events[0]!)).toThrow(TypeError);
  });

  test.each([
    ['true', true],
    ['text', 'Happened'],
    ['a plain object', { what: 1 }],
    ['a date', new Date(0)],
  ])('is refused when it is %s', async (_, value) => {
    await expect(decide(() => value)).rejects.toMatchObject({ code: 'INVALID_DECISION' });
  });

  test('is refused with the path when it holds what cannot be stored', async () => {
    await expect(decide(() => new Happened({ at: [new Date(0)] }))).rejects.toMatchObject({
      code: 'UNSTORABLE_VALUE',
      path: 'Happened.what.at[0]',
    });
  });
});

describe('correlation and causation', () => {
  test('follow from command to event to command, although no handler passes ids on', async () => {
    const eventBus = new EventBus({ logger: SILENT });
    eventBus.subscribe(TodoCreated, ({ aggregateId }, { dispatch }) => dispatch(new CompleteTodo(aggregateId)));
    const flow = todoFlow({ eventBus });
    const { events } = await flow.dispatch(new CreateTodo('1', 'start'), { metadata: { actor: 'ann' } });
    await eventBus.drain();
    await sleep(5);
    const [created, completed] = await allEvents(flow);
    expect(created).toEqual(events[0]);
    expect(created!.metadata).toMatchObject({ commandName: 'CreateTodo', actor: 'ann' });
    expect(created!.metadata.correlationId).toBe(created!.metadata.causationId);
    expect(completed!.metadata).toMatchObject({
      commandName: 'CompleteTodo',
      correlationId: created!.metadata.correlationId,
      commandCausationId: created!.id,
    });
    expect(completed!.metadata.causationId).not.toBe(created!.metadata.causationId);
  });

  test('keep a correlation id that the caller gives', async () => {
    const { events } = await todoFlow().dispatch(new CreateTodo('1', 'start'), {
      metadata: { correlationId: 'request-7' },
    });
    expect(events[0]!.metadata.correlationId).toBe('request-7');
  });

  test('reach commands that a handler dispatches', async () => {
    const flow = todoFlow({
      commandHandlers: {
        CreateBoth: (_, { dispatch }) =>
          Promise.all([dispatch(new CreateTodo('1', 'a')), dispatch(new CreateTodo('2', 'b'))]).then(() => undefined),
      },
    });
    await flow.dispatch({ name: 'CreateBoth', message: {} }, { commandId: 'both' });
    const events = await allEvents(flow);
    expect(events.map(({ metadata }) => [metadata.correlationId, metadata.commandCausationId])).toEqual([
      ['both', 'both'],
      ['both', 'both'],
    ]);
  });

  test('are found by flow.dispatch itself when ambient causation is on', async () => {
    const eventBus = new EventBus({ logger: SILENT });
    const flow = todoFlow({
      eventBus,
      ambientCausation: true,
      commandHandlers: {
        async Later() {
          await sleep(1);
          await flow.dispatch(new CreateTodo('1', 'start'));
        },
      },
    });
    eventBus.subscribe(TodoCreated, async ({ aggregateId }) => {
      await sleep(1);
      await flow.dispatch(new CompleteTodo(aggregateId));
    });
    await flow.dispatch({ name: 'Later', message: {} }, { commandId: 'first' });
    await flow.dispatch(new CreateTodo('2', 'unrelated'), { commandId: 'second' });
    await eventBus.drain();
    const events = await allEvents(flow);
    const by = (id: string): unknown[] =>
      events.filter(({ aggregateId }) => aggregateId === id).map(({ metadata }) => metadata.correlationId);
    expect(by('1')).toEqual(['first', 'first']);
    expect(by('2')).toEqual(['second', 'second']);
    const [created, completed] = events.filter(({ aggregateId }) => aggregateId === '1');
    expect(completed!.metadata.commandCausationId).toBe(created!.id);
    await flow.close();
  });
});

describe('a flow', () => {
  test('refuses a command to the aggregate that is waiting for it, instead of waiting for ever', async () => {
    const Selfish = defineAggregate({
      name: 'Selfish',
      state: {},
      commands: {
        Outer: {
          creates: 'if-missing',
          decide: async (_state, { id }, { dispatch }) => void (await dispatch({ name: 'Inner', message: { id } })),
        },
        Inner: { creates: 'if-missing', decide: () => undefined },
      },
    });
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Selfish] });
    await expect(flow.dispatch({ name: 'Outer', message: { id: '1' } })).rejects.toMatchObject({
      code: 'REENTRANT_COMMAND',
    });
    expect((await flow.dispatch({ name: 'Inner', message: { id: '1' } })).succeeded).toBe(false);
  });

  test('reports two faults of its parts together', () => {
    expect(() => new Flow({ eventStore: {} as never, commandHandlers: { A: 1 as never } })).toThrow(
      expect.objectContaining({
        code: 'INVALID_CONFIGURATION',
        faults: expect.arrayContaining([expect.stringContaining('append'), expect.stringContaining('of A')]),
      }),
    );
    const handlers = { CreateTodo: () => undefined, CompleteTodo: () => undefined };
    expect(() => todoFlow({ commandHandlers: handlers })).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_HANDLER', names: ['CreateTodo', 'CompleteTodo'] }),
    );
  });

  test('names the known commands when one is unknown', async () => {
    await expect(todoFlow().dispatch({ name: 'CreateToDo', message: {} })).rejects.toThrow(
      "Did you mean 'CreateTodo'? Known: CompleteTodo, CreateTodo, RenameTodo.",
    );
  });

  test('does not let a failing listener make the command look failed', async () => {
    const flow = todoFlow({ listeners: { TodoCreated: () => Promise.reject(new Error('listener')) } });
    expect((await flow.dispatch(new CreateTodo('1', 'start'))).succeeded).toBe(true);
    await flow.close();
  });

  test('publishes what was appended even when middleware fails afterwards', async () => {
    const heard: string[] = [];
    const flow = todoFlow({
      listeners: { TodoCreated: ({ aggregateId }) => heard.push(aggregateId) },
      middleware: [
        async (message, next) => {
          await next(message);
          throw new Error('too late');
        },
      ],
    });
    await expect(flow.dispatch(new CreateTodo('1', 'start'))).rejects.toThrow('too late');
    await flow.close();
    expect(heard).toEqual(['1']);
  });

  test('aborts before anything is appended', async () => {
    const flow = todoFlow();
    const reason = new Error('changed my mind');
    await expect(flow.dispatch(new CreateTodo('1', 'start'), { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(await allEvents(flow)).toEqual([]);
  });

  test('answers queries, which may ask others and know their name', async () => {
    const flow = todoFlow({
      queryHandlers: {
        Count: async () => (await flow.eventStore.readAll()).length,
        Twice: async (_, context) => [
          context.queryName,
          ((await context.query({ name: 'Count', message: {} })) as number) * 2,
        ],
      },
    });
    await flow.dispatch(new CreateTodo('1', 'start'));
    expect(await flow.query({ name: 'Twice', message: {} })).toEqual(['Twice', 2]);
  });

  test('drains on close: commands under way, listeners and what follows from them, then the store', async () => {
    const done: string[] = [];
    const flow = todoFlow({
      listeners: {
        async TodoCreated({ aggregateId }, { dispatch }) {
          await sleep(10);
          done.push('created');
          await dispatch(new CompleteTodo(aggregateId));
        },
        async TodoCompleted() {
          await sleep(10);
          done.push('completed');
        },
      },
    });
    const dispatched: Promise<CommandOutcome> = flow.dispatch(new CreateTodo('1', 'start'));
    const closing = flow.close();
    expect(flow.close()).toBe(closing);
    await closing;
    expect((await dispatched).succeeded).toBe(true);
    expect(done).toEqual(['created', 'completed']);
    await expect(flow.dispatch(new CreateTodo('2', 'late'))).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
    await expect(flow.query({ name: 'Late', message: {} })).rejects.toMatchObject({ code: 'FLOW_CLOSED' });
    await expect(flow.eventStore.readAll()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  test('is told of by errors whose stack starts in the code of the user', async () => {
    const error: Error = await todoFlow()
      .dispatch(new CompleteTodo('missing'))
      .catch(failure => failure);
    const frames = error.stack!.split('\n').filter(line => /^\s+at /.test(line));
    expect(frames[0]).toContain('flow.test.ts');
  });

  test('sees the payload as instances of their classes', async () => {
    const flow = todoFlow();
    await flow.dispatch(new CreateTodo('1', 'start'));
    const { events } = await flow.dispatch(new CompleteTodo('1'));
    expect(events[0]!.payload).toBeInstanceOf(TodoCompleted);
  });
});

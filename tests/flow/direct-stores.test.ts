import { EventEmitter, once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { defineAggregate, Event, type EventStore, Flow, InMemoryEventStore } from 'eventuality';
import { ConcurrencyError } from 'eventuality/errors';
import type { DirectAccess } from 'eventuality/store-kit';
import { CreateTodo, Todo } from '../domain/todo';

describe('a command on a store in memory', () => {
  test('is done without waiting', async () => {
    const store = new InMemoryEventStore();
    const done = new Flow({ eventStore: store, aggregates: [Todo] }).dispatch(new CreateTodo('1', 'at once'));
    expect(store.direct?.readNow({ aggregateName: 'Todo', aggregateId: '1' })).toMatchObject([{ name: 'TodoCreated' }]);
    expect((await done).succeeded).toBe(true);
  });

  test('waits for a transaction that is under way', async () => {
    const store = new InMemoryEventStore();
    const end = new EventEmitter();
    const transaction = store.projections.transaction(() => once(end, 'end'));
    const done = new Flow({ eventStore: store, aggregates: [Todo] }).dispatch(new CreateTodo('1', 'later'));
    expect(store.direct?.readNow({ aggregateName: 'Todo', aggregateId: '1' })).toEqual([]);
    end.emit('end');
    await transaction;
    expect((await done).succeeded).toBe(true);
  });
});

describe('a command that begins without waiting, and then has to wait', () => {
  let calls = 0;
  let answer: () => Promise<void> | undefined;
  beforeEach(() => {
    calls = 0;
    answer = () => undefined;
  });
  const Counter = defineAggregate<{ count: number }>({
    name: 'Counter',
    state: { count: 0 },
    commands: {
      Count: {
        creates: 'if-missing',
        decide: ({ count }) => {
          calls++;
          const counted = Event({ name: 'Counted', aggregateId: '1', payload: { count: count + 1 } });
          return answer()?.then(() => counted) ?? counted;
        },
      },
    },
    on: { Counted: (_, { payload }) => ({ count: payload.count }) },
  });
  const count = { name: 'Count', message: { id: '1' } };
  const stream = { aggregateName: 'Counter', aggregateId: '1' };

  /** A store with an append of its own for the first event. */
  function storeThatFirst(appends: (store: InMemoryEventStore) => DirectAccess['appendNow']): EventStore {
    const store = new InMemoryEventStore();
    let appendNow = appends(store);
    const direct: DirectAccess = {
      appendNow: (...given) => {
        const first = appendNow;
        appendNow = store.appendNow.bind(store);
        return first(...given);
      },
      readNow: store.readNow.bind(store),
    };
    const [append, read] = [store.append.bind(store), store.read.bind(store)];
    return Object.create(store, { direct: { value: direct }, append: { value: append }, read: { value: read } });
  }

  test('keeps its turn while its handler works', async () => {
    answer = () => setImmediate();
    const store = new InMemoryEventStore();
    const flow = new Flow({ eventStore: store, aggregates: [Counter] });
    await Promise.all([flow.dispatch(count), flow.dispatch(count)]);
    expect((await store.read(stream)).map(({ payload }) => payload)).toEqual([{ count: 1 }, { count: 2 }]);
    expect(calls).toBe(2);
  });

  test('decides once when its append has to wait', async () => {
    const flow = new Flow({ eventStore: storeThatFirst(() => () => undefined), aggregates: [Counter] });
    await expect(flow.dispatch(count)).resolves.toMatchObject({ version: 1 });
    expect(calls).toBe(1);
  });

  test('gives its turn back when its handler throws', async () => {
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Counter] });
    answer = () => {
      throw new Error('broken');
    };
    await expect(flow.dispatch(count)).rejects.toThrow('broken');
    answer = () => Promise.reject(new Error('broken later'));
    await expect(flow.dispatch(count)).rejects.toThrow('broken later');
    answer = () => undefined;
    await expect(flow.dispatch(count)).resolves.toMatchObject({ version: 1 });
  });

  test('sees all events of a long stream', async () => {
    const store = new InMemoryEventStore();
    const events = Array.from({ length: 2500 }, (_, index) => ({ name: 'Counted', payload: { count: index + 1 } }));
    await store.append([{ stream, expected: 'none', events }]);
    const outcome = await new Flow({ eventStore: store, aggregates: [Counter] }).dispatch(count);
    expect(outcome.events[0]!.payload).toEqual({ count: 2501 });
    expect(calls).toBe(1);
  });

  test.each([1, 2])('takes a conflict as the end of an attempt, of %i', async attempts => {
    const eventStore = storeThatFirst(store => appends => {
      store.appendNow([{ stream, expected: 'none', events: [{ name: 'Counted', payload: { count: 10 } }] }]);
      return store.appendNow(appends);
    });
    const done = new Flow({ eventStore, aggregates: [Counter], retry: { attempts } }).dispatch(count);
    if (attempts === 1) await expect(done).rejects.toThrow(ConcurrencyError);
    else await expect(done).resolves.toMatchObject({ events: [{ payload: { count: 11 } }] });
    expect(calls).toBe(attempts);
  });
});

describe('a store with an append or a read of its own is not passed by', () => {
  const calls: string[] = [];
  beforeEach(() => void calls.splice(0));

  class Audited extends InMemoryEventStore {
    override append(...given: Parameters<InMemoryEventStore['append']>) {
      calls.push('append');
      return super.append(...given);
    }
  }
  class Watched extends InMemoryEventStore {
    override read(...given: Parameters<InMemoryEventStore['read']>) {
      calls.push('read');
      return super.read(...given);
    }
  }

  test.each([
    ['a subclass that appends', () => new Audited(), 'append'],
    ['a subclass that reads', () => new Watched(), 'read'],
    [
      'an object whose append was replaced',
      () => {
        const store = new InMemoryEventStore();
        const append = store.append.bind(store);
        return Object.assign(store, {
          append: (...given: Parameters<typeof append>) => {
            calls.push('append');
            return append(...given);
          },
        });
      },
      'append',
    ],
    [
      'an object made of a store',
      () => {
        const store = new InMemoryEventStore();
        const read: EventStore['read'] = (...given) => {
          calls.push('read');
          return store.read(...given);
        };
        const append = store.append.bind(store);
        return Object.assign(Object.create(store), { read, append }) as EventStore;
      },
      'read',
    ],
  ])('%s', async (_, open, call) => {
    const flow = new Flow({ eventStore: open(), aggregates: [Todo] });
    await flow.dispatch(new CreateTodo('1', 'seen'));
    await flow.repository(Todo).load('1');
    expect(calls).toContain(call);
  });

  test('an object made of the store of a flow', async () => {
    const { eventStore } = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Todo] });
    const append: EventStore['append'] = (...given) => {
      calls.push('append');
      return eventStore.append(...given);
    };
    const read = eventStore.read.bind(eventStore);
    const flow = new Flow({
      eventStore: Object.assign(Object.create(eventStore), { append, read }),
      aggregates: [Todo],
    });
    await flow.dispatch(new CreateTodo('1', 'seen'));
    expect(calls).toEqual(['append']);
  });
});

describe('the stack of what a handler throws leads back to the caller', () => {
  const Fragile = defineAggregate({
    name: 'Fragile',
    state: {},
    commands: {
      Break: {
        creates: 'if-missing',
        decide: function Break() {
          throw new Error('broken');
        },
      },
    },
  });
  const commandHandlers = {
    BreakByHand: () => {
      throw new Error('broken');
    },
  };

  test.each(['Break', 'BreakByHand'])('%s', async name => {
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Fragile], commandHandlers });
    const callerOfTheFlow = (): Promise<unknown> => flow.dispatch({ name, message: { id: '1' } });
    const error = await callerOfTheFlow().then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error?.stack).toMatch(new RegExp(`\\b${name} .*callerOfTheFlow`, 's'));
  });
});

import { EventEmitter, once } from 'node:events';
import { defineAggregate, type EventStore, Flow, InMemoryEventStore } from 'eventuality';
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

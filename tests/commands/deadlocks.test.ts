import {
  type CommandContext,
  defineAggregate,
  Event,
  Flow,
  type HandlerContext,
  InMemoryEventStore,
} from 'eventuality';
import { DeadlockError } from 'eventuality/errors';
import { pause } from '../support/waiting';

/** An aggregate whose command may wait for a command to another one before it decides. */
const Place = defineAggregate({
  name: 'Place',
  state: { visits: 0 },
  commands: {
    Visit: {
      creates: 'if-missing',
      async decide(_, { id, then }: { id: string; then?: object }, { dispatch }: CommandContext) {
        await pause(5);
        if (then) await dispatch(then);
        return Event({ aggregateId: id, name: 'Visited', payload: {} });
      },
    },
  },
  on: { Visited: state => ({ visits: state.visits + 1 }) },
});

const visit = (id: string, then?: object) => ({ name: 'Visit', message: { id, ...(then && { then }) } });
const move = (...ids: string[]) => ({ name: 'Move', message: { ids } });

const flowOf = () =>
  new Flow({
    eventStore: new InMemoryEventStore(),
    aggregates: [Place],
    commandHandlers: {
      async Move({ ids }: { ids: string[] }, context: HandlerContext) {
        for (const id of ids) {
          await context.repository(Place).find(id);
          await pause(5);
        }
        return [];
      },
      async Hand({ id, then }: { id: string; then: object }, context: HandlerContext) {
        await context.repository(Place).find(id);
        await pause(5);
        await context.dispatch(then);
      },
    },
  });

/** All commands end, and the flow closes: a deadlock that is not found would last for ever. */
async function outcomesOf(flow: Flow, commands: readonly object[]) {
  const results = await Promise.allSettled(commands.map(command => flow.dispatch(command)));
  await flow.close();
  return results;
}

const faults = (results: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));

test('two handlers that await a command to the aggregate of the other: one is refused, naming both, and the other goes on', async () => {
  const results = await outcomesOf(flowOf(), [visit('a', visit('b')), visit('b', visit('a'))]);
  const [error, ...others] = faults(results);
  expect(others).toEqual([]);
  expect(error).toBeInstanceOf(DeadlockError);
  expect(error).toMatchObject({
    code: 'DEADLOCK',
    message: expect.stringMatching(
      /Place 'a', which handles Visit.*Place 'b', which handles Visit|Place 'b'.*Place 'a'/,
    ),
  });
});

test('a circle of three is found', async () => {
  const results = await outcomesOf(flowOf(), [visit('a', visit('b')), visit('b', visit('c')), visit('c', visit('a'))]);
  expect(faults(results).length).toBeGreaterThanOrEqual(1);
  expect(faults(results).every(error => error instanceof DeadlockError)).toBe(true);
});

test('handlers that load the same aggregates in opposite order all succeed', async () => {
  const orders = [move('a', 'b'), move('b', 'a'), move('c', 'a', 'b'), move('b', 'c', 'a')];
  expect(faults(await outcomesOf(flowOf(), [...orders, ...orders]))).toEqual([]);
});

test('a handler that can be run again gives way to a command that cannot', async () => {
  const results = await outcomesOf(flowOf(), [visit('a', visit('b')), move('b', 'a')]);
  expect(faults(results)).toEqual([]);
});

test('a handler may await a command to an aggregate that it has loaded', async () => {
  const results = await outcomesOf(flowOf(), [{ name: 'Hand', message: { id: 'a', then: visit('a') } }]);
  expect(faults(results)).toEqual([]);
});

test('two handlers that have loaded an aggregate and await a command to that of the other end: one is refused', async () => {
  const hand = (id: string, other: string) => ({ name: 'Hand', message: { id, then: visit(other) } });
  const results = await outcomesOf(flowOf(), [hand('a', 'b'), hand('b', 'a')]);
  expect(faults(results)).toEqual([expect.any(DeadlockError)]);
});

test('commands that only queue for one another are no deadlock', async () => {
  const results = await outcomesOf(flowOf(), [
    ...Array.from({ length: 10 }, () => visit('a', visit('b'))),
    ...Array.from({ length: 10 }, () => visit('b')),
    ...Array.from({ length: 10 }, () => move('a', 'b')),
  ]);
  expect(faults(results)).toEqual([]);
});

test('a command through a query handler is seen', async () => {
  const flow = new Flow({
    eventStore: new InMemoryEventStore(),
    aggregates: [
      defineAggregate({
        name: 'Asker',
        state: {},
        commands: {
          Ask: {
            creates: 'if-missing',
            decide: async (_, { id }, { query }) => {
              await query({ name: 'AskBack', message: { id } } as never);
              return Event({ aggregateId: id, name: 'Asked', payload: {} });
            },
          },
        },
      }),
    ],
    queryHandlers: {
      AskBack: async (query: { id: string }, { dispatch }) => dispatch({ name: 'Ask', message: { id: query.id } }),
    },
  });
  await expect(flow.dispatch({ name: 'Ask', message: { id: '1' } })).rejects.toMatchObject({
    code: 'REENTRANT_COMMAND',
  });
  await flow.close();
});

describe('an aborted command', () => {
  const aborted = (): { signal: AbortSignal; abortAfter: (ms: number) => void; reason: Error } => {
    const controller = new AbortController();
    const reason = new Error('the caller went away');
    return { signal: controller.signal, reason, abortAfter: ms => void setTimeout(() => controller.abort(reason), ms) };
  };

  test('stops waiting for its turn at once, with the reason of the signal, and holds up no other', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>(resolve => (release = resolve));
    const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [defineSlow(held)] });
    const first = flow.dispatch({ name: 'Work', message: { id: 'a' } });
    const { signal, reason, abortAfter } = aborted();
    abortAfter(20);
    const waiting = flow.dispatch({ name: 'Work', message: { id: 'a' } }, { signal });
    const third = flow.dispatch({ name: 'Work', message: { id: 'a' } });
    await expect(waiting).rejects.toBe(reason);
    release();
    expect((await first).version).toBe(1);
    expect((await third).version).toBe(2);
    await flow.close();
  });

  test('stops waiting for the turn of an aggregate that its handler loads', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>(resolve => (release = resolve));
    const slow = defineSlow(held);
    const flow = new Flow({
      eventStore: new InMemoryEventStore(),
      aggregates: [slow],
      commandHandlers: { Look: async ({ id }, context) => void (await context.repository(slow).find(id)) },
    });
    const first = flow.dispatch({ name: 'Work', message: { id: 'a' } });
    const { signal, reason, abortAfter } = aborted();
    abortAfter(20);
    await expect(flow.dispatch({ name: 'Look', message: { id: 'a' } }, { signal })).rejects.toBe(reason);
    release();
    await first;
    await flow.close();
  });

  test('in the pause after a conflict ends with the reason of its signal', async () => {
    const store = new InMemoryEventStore();
    const { signal, reason, abortAfter } = aborted();
    const flow = new Flow({ eventStore: store, aggregates: [rival(store)] });
    abortAfter(30);
    await expect(
      flow.dispatch(
        { name: 'Fight', message: { id: 'a' } },
        { signal, retry: { attempts: 100, delay: 10_000, maxDelay: 10_000 } },
      ),
    ).rejects.toBe(reason);
    await flow.close();
  });
});

const defineSlow = (held: Promise<void>) =>
  defineAggregate({
    name: 'Slow',
    state: {},
    commands: {
      Work: {
        creates: 'if-missing',
        decide: async (_, { id }) => {
          await held;
          return Event({ aggregateId: id, name: 'Worked', payload: {} });
        },
      },
    },
  });

/** An aggregate whose every append meets a rival's. */
const rival = (store: InMemoryEventStore) =>
  defineAggregate({
    name: 'Rival',
    state: {},
    commands: {
      Fight: {
        creates: 'if-missing',
        decide: async (_, { id }) => {
          await store.append([
            {
              stream: { aggregateName: 'Rival', aggregateId: id },
              expected: 'any',
              events: [{ name: 'Won', payload: {} }],
            },
          ]);
          return Event({ aggregateId: id, name: 'Fought', payload: {} });
        },
      },
    },
  });

import {
  defineAggregate,
  defineListener,
  Event,
  type EventStore,
  Flow,
  InMemoryEventStore,
  type ListenerContext,
  type RecordedEvent,
} from 'eventuality';
import * as fc from 'fast-check';
import { EVERY_STORE, withStores } from '../faults/stores';

const quiet = { error: () => undefined, warn: () => undefined };
const RETRY = { attempts: 5, delay: 1, maxDelay: 2 };
const SEED = Number(process.env.FAULTS_SEED ?? 20_261_129);

/** A shelf: what is taken from it, in order. */
const Shelf = defineAggregate({
  name: 'Shelf',
  state: {},
  commands: {
    Place: { creates: true, decide: (_, { id }) => Event({ aggregateId: id, name: 'Placed', payload: {} }) },
    Take: { creates: 'if-missing', decide: (_, { id, what }) => Event({ aggregateId: id, name: 'Taken', payload: { what } }) },
  },
});

const place = (id: string) => ({ name: 'Place', message: { id } });
const take = (id: string, what: string) => ({ name: 'Take', message: { id, what } });

/** Runs a listener of `Placed` until it is settled, and returns what was taken. */
async function played(eventStore: EventStore, on: (context: ListenerContext) => Promise<unknown>) {
  const listener = defineListener({ name: 'taking', retry: RETRY, on: { Placed: (_, context) => on(context) } });
  const flow = new Flow({ eventStore, aggregates: [Shelf], projections: [listener], logger: quiet });
  await flow.projections.ready();
  await flow.dispatch(place('order'));
  await flow.projections.settled();
  const parked = await flow.projections.of('taking').deadLetters();
  const events = await eventStore.readAll({ limit: 1000 });
  await flow.close();
  return { taken: events.filter(({ name }) => name === 'Taken'), parked };
}

const whatOf = (events: readonly RecordedEvent[]): string[] => events.map(({ payload }) => (payload as { what: string }).what).sort();

describe.each(EVERY_STORE)('a durable listener that is run again, on %s', name => {
  const on = (handle: (context: ListenerContext) => Promise<unknown>) => withStores(name, 1, ([store]) => played(store!, handle));

  test('and dispatches in another order: each command takes effect once', async () => {
    let attempt = 0;
    const { taken, parked } = await on(async ({ dispatch }) => {
      const things = ++attempt === 1 ? ['bolt'] : ['nut', 'screw', 'bolt'];
      await Promise.all(things.map(what => dispatch(take('shelf', what))));
      if (attempt === 1) throw new Error('the look-up failed');
    });
    expect(whatOf(taken)).toEqual(['bolt', 'nut', 'screw']);
    expect(parked).toEqual([]);
  });

  test('and leaves out what is done: the next command is not answered with the outcome of the one before', async () => {
    let attempt = 0;
    const { taken, parked } = await on(async ({ dispatch }) => {
      if (++attempt === 1) await dispatch(take('order', 'reserved'));
      if (attempt === 1) throw new Error('confirming failed');
      const confirmed = await dispatch(take('order', 'confirmed'));
      expect(whatOf(confirmed.events)).toEqual(['confirmed']);
    });
    expect(whatOf(taken)).toEqual(['confirmed', 'reserved']);
    expect(parked).toEqual([]);
  });

  test('may dispatch equal commands: each of them takes effect', async () => {
    let attempt = 0;
    const { taken } = await on(async ({ dispatch }) => {
      for (let count = 0; count < 3; count++) await dispatch(take('shelf', 'bolt'));
      if (++attempt === 1) throw new Error('after all of them');
    });
    expect(whatOf(taken)).toEqual(['bolt', 'bolt', 'bolt']);
  });

  test('gets the same ids and the same time each time', async () => {
    const seen: unknown[] = [];
    await on(async ({ newId, now, event }) => {
      seen.push([newId(), newId(), now]);
      expect(now.toISOString()).toBe(event.recordedAt);
      if (seen.length === 1) throw new Error('once');
    });
    expect(seen).toHaveLength(2);
    expect(seen[1]).toEqual(seen[0]);
    expect((seen[0] as unknown[])[0]).not.toBe((seen[0] as unknown[])[1]);
  });
});

/** What each attempt of a listener takes, in its order, before it fails; the last attempt does not fail. */
type Play = readonly (readonly string[])[];
const play = fc.array(fc.shuffledSubarray(['bolt', 'nut', 'screw', 'pin'], { minLength: 1 }), { minLength: 1, maxLength: 4 });
const plays: readonly Play[] = fc.sample(play, { numRuns: 300, seed: SEED });

type Dispatch = (context: ListenerContext, what: string, place: number) => Promise<unknown>;

/** Plays all of them, each for an order of its own, and returns those after which something was not taken exactly once. */
async function wrongAfter(dispatch: Dispatch): Promise<number[]> {
  const attempts = plays.map(() => 0);
  const on = async (context: ListenerContext): Promise<void> => {
    const order = Number(context.event.aggregateId);
    const things = plays[order]![attempts[order]!]!;
    attempts[order]!++;
    for (const [index, what] of things.entries()) await dispatch(context, what, index + 1);
    if (attempts[order]! < plays[order]!.length) throw new Error('once more');
  };
  const listener = defineListener({ name: 'taking', retry: RETRY, on: { Placed: (_, context) => on(context) } });
  const flow = new Flow({ eventStore: new InMemoryEventStore(), aggregates: [Shelf], projections: [listener], logger: quiet });
  await flow.projections.ready();
  for (const order of plays.keys()) await flow.dispatch(place(String(order)));
  await flow.projections.settled();
  const wrong: number[] = [];
  for (const [order, each] of plays.entries()) {
    const taken = (await flow.eventStore.read({ aggregateName: 'Shelf', aggregateId: String(order) })).slice(1);
    if (whatOf(taken).join() !== [...new Set(each.flat())].sort().join()) wrong.push(order);
  }
  await flow.close();
  return wrong;
}

test('in 300 generated plays, of attempts in any order and with steps left out, every command that was decided takes effect exactly once', async () => {
  expect(await wrongAfter(({ dispatch, event }, what) => dispatch(take(event.aggregateId, what)))).toEqual([]);
});

test('ids by a running number, as they were before, are found to be wrong by these plays', async () => {
  const numbered: Dispatch = ({ dispatch, event }, what, index) =>
    dispatch(take(event.aggregateId, what), { commandId: `${event.id} ${index}` });
  expect((await wrongAfter(numbered)).length).toBeGreaterThan(30);
});

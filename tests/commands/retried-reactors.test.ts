import { defineReactor, type EventStore, Flow, type ReactorContext } from 'eventuality';
import { place, RETRY, Shelf, take, whatOf } from '../faults/commands/retried-reactors';
import { SILENT } from '../support/logger';
import { withStores } from '../support/stores/stores';
import { TESTED } from '../support/stores/tested';

/** Runs a reactor of `Placed` until it is settled, and returns what was taken. */
async function played(eventStore: EventStore, on: (context: ReactorContext) => Promise<unknown>) {
  const reactor = defineReactor({ name: 'taking', retry: RETRY, on: { Placed: (_, context) => on(context) } });
  const flow = new Flow({ eventStore, aggregates: [Shelf], processors: [reactor], logger: SILENT });
  await flow.processors.ready();
  await flow.dispatch(place('order'));
  await flow.processors.settled();
  const parked = await flow.processors.of('taking').deadLetters();
  const events = await eventStore.readAll({ limit: 1000 });
  await flow.close();
  return { taken: events.filter(({ name }) => name === 'Taken'), parked };
}

describe.each(TESTED)('a reactor that is run again, on %s', name => {
  const on = (handle: (context: ReactorContext) => Promise<unknown>) =>
    withStores(name, 1, ([store]) => played(store!, handle));

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

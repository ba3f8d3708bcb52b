import { defineProjection, type EventStore } from 'eventuality';
import type { ProjectionStore } from 'eventuality/store-kit';
import { happen, onEachStore } from '../../support/processes';

interface Count {
  readonly count: number;
}

const EVENTS = 200;

/** Counts the events of all aggregates in one document, which the segments write to by turns. */
const counter = (options: object = {}) =>
  defineProjection<Count>({
    name: 'counter',
    segments: 4,
    on: {
      async Happened(_, { event, documents }) {
        if (event.aggregateId.startsWith('gone')) return documents.delete('all');
        documents.set('all', { count: ((await documents.get('all'))?.count ?? 0) + 1 });
        await documents.update(event.aggregateId, ({ count }) => ({ count: count + 1 }));
      },
    },
    ...options,
  });

/** A store that says nothing of what was read: the last write wins. */
function withoutReads(store: EventStore): EventStore {
  const projections = store.projections as ProjectionStore;
  const forgetful = new Proxy(projections, {
    get(target, property) {
      if (property === 'commit') return ({ reads: _, ...commit }: any) => target.commit(commit);
      const value = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return new Proxy(store, {
    get(target, property) {
      if (property === 'projections') return forgetful;
      const value = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

onEachStore(processes => {
  const counted = async (): Promise<unknown> =>
    (await processes().store.projections.get('counter', 1, ['all'])).get('all');

  test.each([1, 3])(
    '200 increments of one document from four segments are 200, with %s processes',
    async count => {
      const { store } = processes();
      const running = Array.from({ length: count }, () => processes().start([counter()]));
      await running[0]!.waitFor(await happen(store, ['first']));
      for (let n = 1; n < EVENTS; n++) await happen(store, [`${n}`]);
      const head = (await store.readAll({ after: BigInt(EVENTS - 1) }))[0]!.position;
      for (const projections of running) await projections.waitFor(head, { timeout: 25_000 });
      expect(await counted()).toEqual({ count: EVENTS });
      expect((await running[0]!.of('counter').status()).parked).toEqual([]);
    },
    40_000,
  );

  test('200 increments that were stored before any process followed are 200, too', async () => {
    const { store } = processes();
    await happen(
      store,
      Array.from({ length: EVENTS }, (_, n) => `${n}`),
    );
    const projections = processes().start([counter()]);
    await projections.waitFor(BigInt(EVENTS), { timeout: 25_000 });
    expect(await counted()).toEqual({ count: EVENTS });
  });

  test('control: where a store does not compare what was read, the last write wins, and increments are lost', async () => {
    const { store } = processes();
    let waiting = 0;
    let release = (): void => undefined;
    const all = new Promise<void>(resolve => (release = resolve));
    // Each segment has read before any of them writes.
    const meeting = counter({
      on: {
        async Happened(_: object, { documents }: any) {
          const before = await documents.get('all');
          if (++waiting === 2) release();
          await all;
          documents.set('all', { count: (before?.count ?? 0) + 1 });
        },
      },
    });
    const eventStore = withoutReads(store);
    await happen(store, ['a', 'b', 'c', 'd']);
    const projections = processes().start([meeting], { eventStore });
    await projections.waitFor(4n);
    expect(((await counted()) as Count).count).toBeLessThan(4);
  });
});

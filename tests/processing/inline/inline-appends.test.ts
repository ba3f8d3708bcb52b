import {
  defineAggregate,
  defineProjection,
  Event,
  type EventStore,
  Flow,
  InMemoryEventStore,
  type ProjectionContext,
} from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { SILENT } from '../../support/logger';
import { happen, onEachStore } from '../../support/processes';

const tick = (): Promise<void> => new Promise(setImmediate);

const Thing = defineAggregate({
  name: 'Thing',
  state: {},
  commands: {
    Happen: {
      creates: 'if-missing',
      decide: (_, { id }) => Event({ aggregateId: id, name: 'Happened', payload: { text: 'by command' } }),
    },
  },
  on: {},
});

interface Surroundings {
  readonly flow: Flow;
  readonly store: EventStore;
}

type Handle = (surroundings: Surroundings, context: ProjectionContext) => unknown;

const command = { name: 'Happen', message: { id: 'inner' } };

/** How a handler may come to await an append. */
const WAYS: readonly (readonly [what: string, handle: Handle])[] = [
  ['by the flow', ({ flow }) => flow.dispatch(command)],
  [
    'by the flow, after it has read',
    async ({ flow }, { documents }) => {
      await documents.get('x');
      await tick();
      await flow.dispatch(command);
    },
  ],
  ['by the flow, several at once', ({ flow }) => Promise.all([flow.dispatch(command), flow.dispatch(command)])],
  [
    'by the flow, in a chain of promises',
    ({ flow }) => tick().then(() => flow.dispatch(command).then(() => undefined)),
  ],
  ['by a repository', ({ flow }) => flow.repository(Thing).delete('sound')],
  ['by the store of the flow', ({ flow }) => happen(flow.eventStore, ['inner'])],
  ['by the store itself', ({ store }) => happen(store, ['inner'])],
];

function inline(handle: (context: ProjectionContext) => unknown) {
  return defineProjection<object>({
    name: 'inline',
    mode: 'inline',
    on: {
      async Happened(_, context) {
        if (context.event.aggregateId === 'outer') await handle(context);
        else context.documents.set(context.event.aggregateId, { seen: true });
      },
    },
  });
}

onEachStore(processes => {
  test.each(WAYS)(
    'an inline handler that awaits an append %s is refused at once, and holds nothing up',
    async (what, handle) => {
      const { store } = processes();
      const surroundings: { flow?: Flow; store: EventStore } = { store };
      const projection = inline(context => handle(surroundings as Surroundings, context));
      const flow = new Flow({
        eventStore: store,
        aggregates: [Thing],
        processors: [projection],
        follow: false,
        logger: SILENT,
      });
      surroundings.flow = flow;
      await happen(flow.eventStore, ['sound']);
      const refused = happen(flow.eventStore, ['outer']).catch(error => error);
      const innocent = ['a', 'b', 'c'].map(id => flow.dispatch({ name: 'Happen', message: { id } }));
      expect(await refused).toMatchObject({ code: 'INLINE_PROJECTION', cause: { code: 'INSIDE_TRANSACTION' } });
      await Promise.all(innocent);
      const stored = (await store.readAll()).map(({ aggregateId }) => aggregateId);
      // Of several the first one has ended the handler: the others are not awaited any more, and may go through.
      const expected = what.endsWith('at once') ? stored.filter(id => id !== 'inner') : stored;
      expect(expected.sort()).toEqual(['a', 'b', 'c', 'sound']);
      expect((await store.projections.get('inline', 1, ['a', 'b', 'c', 'outer'])).size).toBe(3);
      await flow.close();
    },
  );

  test('an inline handler may read through the flow, and append to another store', async () => {
    const { store } = processes();
    const other = new InMemoryEventStore();
    const read: unknown[] = [];
    const projection = inline(async () => {
      read.push(await flow.readModel(projection).get('sound'), await flow.readModel(projection).find({}));
      await happen(other, ['elsewhere']);
    });
    const flow: Flow = new Flow({ eventStore: store, processors: [projection], follow: false, logger: SILENT });
    await happen(flow.eventStore, ['sound']);
    await happen(flow.eventStore, ['outer']);
    expect(read).toEqual([{ seen: true }, { items: [{ seen: true }], cursor: undefined }]);
    expect(await other.readAll()).toHaveLength(1);
    await flow.close();
  });

  test.each([
    [1000, true],
    [1001, false],
  ])('with %s events behind, an append brings an inline projection up to date: %s', async (behind, upToDate) => {
    const { store } = processes();
    const projection = inline(() => undefined);
    const flow = new Flow({ eventStore: store, processors: [projection], follow: false, logger: SILENT });
    try {
      await happen(flow.eventStore, ['before']);
      // Another program without the projection has stored them, and no process follows.
      await happen(
        store,
        Array.from({ length: behind }, (_, n) => `thing-${n}`),
      );
      await happen(flow.eventStore, ['after']);
      const found = await store.projections.get('inline', 1, ['thing-0', `thing-${behind - 1}`, 'after']);
      expect(found.size).toBe(upToDate ? 3 : 0);
    } finally {
      await flow.close();
    }
  });

  test('an append that the work of a transaction awaits is refused, and the transaction is taken back', async () => {
    const { store } = processes();
    const waiting = store.projections.transaction(async transaction => {
      await transaction.append([
        {
          stream: { aggregateName: 'Thing', aggregateId: '1' },
          expected: 'none',
          events: [{ name: 'Happened', payload: {} }],
        },
      ]);
      await happen(store, ['2']);
    });
    await expect(waiting).rejects.toMatchObject({ code: 'INSIDE_TRANSACTION' });
    await expect(
      store.projections.transaction(() => store.projections.transaction(async () => 1)),
    ).rejects.toMatchObject({
      code: 'INSIDE_TRANSACTION',
    });
    expect(await store.readAll()).toEqual([]);
  });
});

test("on sqlite(':memory:') an inline handler that reads through the flow does not hang, and one that appends is refused", async () => {
  const read: unknown[] = [];
  const projection = inline(async ({ documents, event }) => {
    read.push(
      await flow.readModel(projection).get('sound'),
      await flow.readModel(projection).find({}),
      (await flow.eventStore.readAll()).length,
    );
    documents.set(event.aggregateId, { seen: true });
  });
  const eventStore = sqlite(':memory:');
  const flow: Flow = new Flow({ eventStore, processors: [projection], follow: false, logger: SILENT });
  await happen(flow.eventStore, ['sound']);
  await happen(flow.eventStore, ['outer']);
  expect(read).toEqual([{ seen: true }, { items: [{ seen: true }], cursor: undefined }, 2]);
  await flow.close();
  await eventStore.close();
});

onEachStore(processes => {
  test('appends at once beside a version that is far behind all succeed: what one has looked up is not taken from it by the others', async () => {
    const { store } = processes();
    for (let page = 0; page < 3; page++)
      await happen(
        store,
        Array.from({ length: 500 }, (_, n) => `old ${n}`),
        `${page}`,
      );
    const projections = [inline(() => undefined)];
    const flow = new Flow({ eventStore: processes().store, processors: projections, follow: false, logger: SILENT });
    try {
      const appending = Array.from({ length: 20 }, async (_, n) => {
        for (let times = 0; times < 5; times++) await happen(flow.eventStore, [`new ${n}`]);
      });
      expect((await Promise.allSettled(appending)).filter(({ status }) => status === 'rejected')).toEqual([]);
    } finally {
      await flow.processors.close();
    }
  });
});

import { defineProjection, Flow, InMemoryEventStore, type ProjectionContext } from 'eventuality';
import { given, history } from 'eventuality/testing';
import { Todo, TodoCompleted, TodoCreated } from '../../domain/todo';
import { SILENT } from '../../support/logger';
import { happen, onEachStore, RETRY } from '../../support/processes';
import { until } from '../../support/waiting';

interface Count {
  readonly count: number;
}

const CHANGE = ({ count }: Count): Count => ({ count: count + 1 });

type Late = (context: ProjectionContext<Count>) => void;

/** What a handler may forget to await; `all` is a document that is stored already. */
const LATE: readonly (readonly [what: string, late: Late, call: string])[] = [
  ['an update', ({ documents }) => void documents.update('all', CHANGE), "documents.update('all')"],
  [
    'what follows from a read',
    ({ documents }) => void documents.get('all').then(all => documents.set('all', CHANGE(all!))),
    "documents.set('all')",
  ],
  [
    'a deletion in the next microtask',
    ({ documents }) => void Promise.resolve().then(() => documents.delete('all')),
    "documents.delete('all')",
  ],
  [
    'SQL of its own in a later microtask',
    ({ inTransaction }) => void Promise.resolve().then(() => inTransaction(() => 1)),
    'inTransaction(...)',
  ],
];

function counting(late: Late, options: object = {}) {
  return defineProjection<Count>({
    name: 'counting',
    retry: { attempts: 1 },
    on: {
      Happened(_, context) {
        const { event, documents } = context;
        if (event.aggregateId === 'all') documents.set('all', { count: 0 });
        else if (event.aggregateId === 'late') late(context);
        else documents.set(event.aggregateId, { count: 1 });
      },
    },
    ...options,
  });
}

onEachStore(processes => {
  const written = async (...ids: string[]): Promise<unknown[]> => {
    const found = await processes().store.projections.get('counting', 1, ids);
    return ids.map(id => found.get(id));
  };

  test.each(LATE)(
    'a handler that does not await %s has failed: its event is parked, and nothing of it is written',
    async (_, late, call) => {
      const { store } = processes();
      const projections = processes().start([counting(late)]);
      await projections.waitFor(await happen(store, ['all']));
      await projections.waitFor(await happen(store, ['before', 'late', 'after', 'later']));
      const letters = await projections.of('counting').deadLetters();
      expect(letters).toMatchObject([
        { sequence: 'Thing/late', error: expect.stringContaining(`LateWriteError: The handler of Happened`) },
      ]);
      expect(letters[0]!.error).toContain(call);
      expect(await written('all', 'before', 'after', 'later')).toEqual([
        { count: 0 },
        { count: 1 },
        { count: 1 },
        { count: 1 },
      ]);
    },
  );

  test('updates that are awaited are all written', async () => {
    const { store } = processes();
    const awaiting = defineProjection<Count>({
      name: 'counting',
      on: {
        async Happened(_, { event, documents }) {
          if (event.aggregateId === 'all') documents.set('all', { count: 0 });
          else await documents.update('all', CHANGE);
        },
      },
    });
    const projections = processes().start([awaiting]);
    await projections.waitFor(await happen(store, ['all', ...Array.from({ length: 10 }, (_, n) => `${n}`)]));
    expect(await written('all')).toEqual([{ count: 10 }]);
  });

  test('what is written long after is not written, and reported with its event', async () => {
    const { store } = processes();
    const lines: [any, string][] = [];
    const logger = {
      error: (details: object, message: string) => void lines.push([details, message]),
      warn: () => undefined,
    };
    const later: Late = ({ documents }) => void setTimeout(() => documents.set('late', { count: 7 }), 100);
    const projections = processes().start([counting(later, { retry: RETRY })], { logger });
    const position = await happen(store, ['late']);
    await projections.waitFor(position);
    await until(async () => lines.length > 0);
    expect(lines).toMatchObject([
      [
        {
          kind: 'projection',
          name: 'counting',
          position: `${position}`,
          error: { code: 'LATE_WRITE', call: "documents.set('late')" },
        },
        expect.stringContaining("The projection 'counting' failed with Happened of Thing 'late'"),
      ],
    ]);
    expect((await projections.of('counting').status()).lastError).toMatchObject({ position });
    await projections.waitFor(await happen(store, ['after']));
    expect(await written('late', 'after')).toEqual([undefined, { count: 1 }]);
  });

  test.each(LATE)('inline, a handler that does not await %s rejects the append', async (_, late, call) => {
    const { store } = processes();
    const flow = new Flow({
      eventStore: store,
      processors: [counting(late, { mode: 'inline', retry: undefined })],
      logger: SILENT,
    });
    await happen(flow.eventStore, ['all']);
    await expect(happen(flow.eventStore, ['late'])).rejects.toMatchObject({
      code: 'INLINE_PROJECTION',
      cause: { code: 'LATE_WRITE', call },
    });
    await happen(flow.eventStore, ['after']);
    expect(await store.readAll()).toHaveLength(2);
    expect(await written('all', 'after')).toEqual([{ count: 0 }, { count: 1 }]);
    await flow.close();
  });
});

test('given(...).project() says it', async () => {
  const [, late] = LATE[0]!;
  const handle = (_: unknown, context: any): void => late(context);
  const on = {
    TodoCreated: ({ description }: TodoCreated, { documents }: any) => documents.set('all', { description }),
    TodoCompleted: handle,
  };
  await given(history(Todo, '1', new TodoCreated('Buy milk'), new TodoCompleted()))
    .project(defineProjection<Count>({ name: 'late', on }))
    .thenError('had already ended when it called');
});

test('a live projection rejects its reads', async () => {
  const eventStore = new InMemoryEventStore();
  const soon = counting(LATE[0]![1], { mode: 'live', retry: undefined });
  const later = counting(({ documents }) => void setImmediate(() => documents.delete('all')), {
    name: 'later',
    mode: 'live',
    retry: undefined,
  });
  const flow = new Flow({ eventStore, processors: [soon, later], logger: SILENT });
  await happen(eventStore, ['all', 'late']);
  await expect(flow.readModel(soon).get('all')).rejects.toMatchObject({ code: 'LATE_WRITE' });
  await flow.readModel(later).get('all');
  await new Promise(resolve => setTimeout(resolve, 5));
  await expect(flow.readModel(later).get('all')).rejects.toMatchObject({ code: 'LATE_WRITE' });
  await flow.close();
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap, type EventStore } from 'eventuality';
import { ForwardingEventStore, type ProjectionStore } from 'eventuality/store-kit';
import { projectionStoreContract } from 'eventuality/testing';
import { CreateTodo } from '../todo/domain';
import { TodoModule } from '../todo/module';
import { AllTodos, TodoList } from '../todo/todo-list';
import { JsonLinesEventStore } from './json-lines-event-store';
import { JsonLinesProjectionStore } from './json-lines-projection-store';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-projection-lines-'));
let files = 0;
const newFile = (): string => join(folder, `${++files}.jsonl`);

afterAll(() => rmSync(folder, { recursive: true }));

describe('the contract of a projection store', () => {
  const cases = projectionStoreContract({
    open: () => JsonLinesProjectionStore.open(newFile()),
    close: store => (store as JsonLinesProjectionStore).close(),
  });
  for (const { name, run } of cases) test(name, run);
});

describe('a file opened again', () => {
  const things = { name: 'things', version: 1, indexes: ['rank'] };
  const checkpoint = { projection: 'things', version: 1, segment: 0 };
  const writes = [
    { readModel: 'things', version: 1, id: 'a', document: { rank: 2 } },
    { readModel: 'things', version: 1, id: 'b', document: { rank: 1 } },
  ];
  const letter = { sequence: 's', position: 2n, error: undefined, attempts: 0 };

  /** All that a store tells of the things. */
  const told = async (store: JsonLinesProjectionStore) => ({
    found: await store.find('things', 1, { orderBy: 'rank' }),
    checkpoint: await store.checkpoint(checkpoint),
    active: await store.active('things'),
    versions: await store.versions('things'),
    letters: await store.deadLetters.list(checkpoint),
    sequences: await store.deadLetters.sequences(checkpoint),
    segments: (await store.leases.segments('things', 1)).map(({ freeIn, ...segment }) => segment),
  });

  test('has documents, checkpoints, versions, leases and dead letters as they were', async () => {
    const file = newFile();
    const store = JsonLinesProjectionStore.open(file);
    await store.prepare({
      ...things,
      segments: 2,
      takenOver: [{ sequenceBy: 'aggregate', positions: [7n] }],
      replayUntil: 9n,
    });
    await store.commit({
      checkpoint,
      from: 0n,
      to: 5n,
      writes,
      park: [letter, { ...letter, position: 3n, error: 'no' }],
    });
    await store.commit({ checkpoint, from: 5n, to: 6n, writes: [{ ...writes[0]!, document: null }], unpark: [3n] });
    await store.activate('things', 1);
    await store.deadLetters.retry(checkpoint);
    const lease = await store.leases.claim(checkpoint, { owner: 'me', duration: 60_000, note: 'mine' });
    const before = await told(store);
    await store.close();
    const again = JsonLinesProjectionStore.open(file);
    expect(await told(again)).toEqual(before);
    expect(before.found.items).toEqual([{ id: 'b', document: { rank: 1 } }]);
    expect(await again.leases.claim(checkpoint, { owner: 'me', duration: 60_000 })).toEqual(lease);
    const document = (await again.get('things', 1, ['b'])).get('b')!;
    const reads = [{ readModel: 'things', version: 1, id: 'b', document }];
    expect(await again.commit({ checkpoint, from: 6n, to: 7n, writes: [], reads })).toEqual({ ok: true });
    await again.close();
  });

  test('has nothing of what was dropped', async () => {
    const file = newFile();
    const store = JsonLinesProjectionStore.open(file);
    await store.prepare(things);
    await store.commit({ checkpoint, from: 0n, to: 5n, writes, park: [letter] });
    await store.drop('things', 1);
    await store.close();
    const again = JsonLinesProjectionStore.open(file);
    expect(await again.versions('things')).toEqual([]);
    await again.prepare(things);
    expect(await told(again)).toMatchObject({ found: { items: [] }, checkpoint: 0n, letters: [], segments: [] });
    await again.close();
  });

  test('refuses everything once it is closed', async () => {
    const store = JsonLinesProjectionStore.open(newFile());
    await store.close();
    for (const call of [
      () => store.prepare(things),
      () => store.active('things'),
      () => store.transaction(async () => 1),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });
});

// #region elsewhere
/** Keeps what projections make of the events of one store in another. */
class ProjectionsElsewhere extends ForwardingEventStore {
  constructor(
    events: EventStore,
    private readonly elsewhere: JsonLinesProjectionStore,
  ) {
    super(events);
  }

  override get projections(): ProjectionStore {
    return this.elsewhere;
  }

  override async close(): Promise<void> {
    await super.close();
    await this.elsewhere.close();
  }
}
// #endregion elsewhere

test('beside a file of events the list of the Todo sample is not made again: it goes on where it was', async () => {
  const [events, projections] = [newFile(), newFile()];
  const open = () =>
    bootstrap(TodoModule, {
      eventStore: new ProjectionsElsewhere(
        JsonLinesEventStore.open(events),
        JsonLinesProjectionStore.open(projections),
      ),
    });
  const first = await open();
  await first.dispatch(new CreateTodo('1', 'Buy milk'), { waitFor: [TodoList] });
  await first.close();
  const again = await open();
  expect(await again.query(new AllTodos())).toMatchObject([{ description: 'Buy milk' }]);
  await again.dispatch(new CreateTodo('2', 'Write'), { waitFor: [TodoList] });
  expect(await again.query(new AllTodos())).toHaveLength(2);
  await again.close();
});

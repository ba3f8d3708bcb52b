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
  const paths = new WeakMap<object, string>();
  const open = (path = newFile()): JsonLinesProjectionStore => {
    const store = JsonLinesProjectionStore.open(path);
    paths.set(store, path);
    return store;
  };
  const cases = projectionStoreContract({
    open: () => open(),
    close: store => (store as JsonLinesProjectionStore).close(),
    reopen: closed => open(paths.get(closed)),
  });
  for (const { name, run } of cases) test(name, run);
});

test('refuses to change a process: it keeps none', async () => {
  const store = JsonLinesProjectionStore.open(newFile());
  await store.prepare({ name: 'things', version: 1, indexes: [] });
  const checkpoint = { projection: 'things', version: 1, segment: 0 };
  const commit = { checkpoint, from: 0n, to: 1n, writes: [], process: { ends: ['1'] } };
  await expect(store.commit(commit)).rejects.toMatchObject({ code: 'INVALID_COMMIT' });
  await store.close();
});

test('refuses everything once it is closed', async () => {
  const store = JsonLinesProjectionStore.open(newFile());
  await store.close();
  for (const call of [
    () => store.prepare({ name: 'things', version: 1, indexes: [] }),
    () => store.active('things'),
    () => store.transaction(async () => 1),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
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

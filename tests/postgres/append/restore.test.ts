import { exportEvents, InMemoryEventStore, importEvents, type RecordedEvent } from '../../../src';
import type { PostgresEventStore } from '../../../src/adapters/postgres';
import { following, happened, range, to } from '../../support/events';
import { CuttingProxy } from '../../support/proxies/cutting-proxy';
import { TestSchema, url } from '../../support/stores/schema';
import { everything, fill } from '../../support/stores/whole-stores';
import { pause, until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const proxy = new CuttingProxy(url, Math.random);
beforeAll(() => proxy.start());
afterAll(() => proxy.stop());

/** Events of a stream of their own, recorded elsewhere. */
async function recorded(first: number, last: number): Promise<RecordedEvent[]> {
  const source = new InMemoryEventStore();
  await source.append([to('restored', 'none', ...range(first, last).map(n => happened({ n })))]);
  return (await source.readAll()).map((event, index) => ({ ...event, position: BigInt(first + index) }));
}

const horizon = async (prefix: string): Promise<number> =>
  Number((await schema.sql(`select "${schema.name}".${prefix}horizon() as horizon`))[0].horizon);

const waits = (done: Promise<unknown>): Promise<boolean> =>
  Promise.race([done.then(() => false), pause(150).then(() => true)]);

test('replies that are lost neither write an event twice nor make the report wrong', async () => {
  const source = new InMemoryEventStore();
  await fill(source, 10_000);
  const store = schema.open({ connectionString: proxy.url('restore'), tablePrefix: 'cut_', retryFor: 20_000 });
  await store.ready();
  proxy.cutting = 0.05;
  const report = await importEvents(store, exportEvents(source));
  proxy.cutting = 0;
  expect(proxy.cuts).toBeGreaterThan(0);
  expect(report).toEqual({ imported: 10_000, skipped: 0, position: 10_000n });
  expect(await everything(store)).toEqual(await everything(source));
}, 60_000);

test('a restore waits for a transaction that has appended, also when that appends again, and comes behind it', async () => {
  const store = schema.open({ tablePrefix: 'within_' });
  await store.ready();
  const client = await schema.client();
  await client.query('BEGIN');
  await store.within(client).append([to('own', 'none')]);
  const restoring = store.restore(await recorded(100, 109));
  expect(await waits(restoring)).toBe(true);
  await store.within(client).append([to('own', 'exists'), to('more', 'none')]);
  await client.query('COMMIT');
  expect(await restoring).toEqual({ restored: 10, skipped: 0 });
  expect((await everything(store)).map(({ position }) => Number(position))).toEqual([1, 2, 3, ...range(100, 109)]);
});

test('no reader sees a restore before it is committed, and appends wait for it', async () => {
  const store = schema.open({ tablePrefix: 'horizon_' });
  await store.append([to('own', 'none')]);
  const followed = following(store);
  await until(() => followed.length === 1, 'the subscriber has caught up');
  const client = await schema.client();
  await client.query(`BEGIN; LOCK TABLE "${schema.name}".horizon_events IN SHARE MODE`);
  const restoring = store.restore(await recorded(100, 109));
  const drawn = async (): Promise<number> =>
    Number((await schema.sql(`select last_value from "${schema.name}".horizon_positions`))[0].last_value);
  await until(async () => (await drawn()) === 109, 'the sequence is moved');
  expect(await horizon('horizon_')).toBe(1);
  const appending = store.append([to('own', 1)]);
  expect(await waits(Promise.race([restoring, appending]))).toBe(true);
  await client.query('ROLLBACK');
  await restoring;
  expect(await appending).toMatchObject({ ok: true, events: [{ position: 110n, version: 2 }] });
  await until(() => followed.length === 12, 'the subscriber has everything');
  expect(followed.map(({ position }) => Number(position))).toEqual([1, ...range(100, 110)]);
});

test('a restore that fails leaves everything as it was, and appends go on', async () => {
  const store: PostgresEventStore = schema.open({ tablePrefix: 'failed_' });
  await store.append([to('own', 'none')]);
  await schema.sql(`alter table "${schema.name}".failed_events add constraint small check (position < 105)`);
  const events = await recorded(100, 109);
  await expect(store.restore(events)).rejects.toMatchObject({ constraint: 'small' });
  expect(await everything(store)).toHaveLength(1);
  await schema.sql(`alter table "${schema.name}".failed_events drop constraint small`);
  expect(await store.restore(events)).toEqual({ restored: 10, skipped: 0 });
  expect(await store.append([to('restored', 10)])).toMatchObject({ ok: true, events: [{ position: 110n }] });
});

test('two importers at once write each event once', async () => {
  const source = new InMemoryEventStore();
  await fill(source, 3000);
  const stores = range(1, 2).map(() => schema.open({ tablePrefix: 'twice_' }));
  const reports = await Promise.all(stores.map(store => importEvents(store, exportEvents(source))));
  expect(reports[0]!.imported + reports[1]!.imported).toBe(3000);
  expect(await everything(stores[0]!)).toEqual(await everything(source));
});

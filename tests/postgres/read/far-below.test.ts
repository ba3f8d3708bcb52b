import type { StorePage } from 'eventuality/store-kit';
import type { PostgresEventStore } from '../../../src/adapters/postgres';
import { happened, range, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';

const schema = new TestSchema(__filename);

const positions = async (store: PostgresEventStore, page: StorePage): Promise<bigint[]> =>
  (await store.readAll(page)).map(({ position }) => position);

async function withTenEvents(tablePrefix: string): Promise<PostgresEventStore> {
  const store = schema.open({ tablePrefix });
  await store.append([to('a', 'none', ...range(1, 10).map(n => happened({ n })))]);
  return store;
}

test('far below an event that was shown the log is read without the horizon', async () => {
  const store = await withTenEvents('shown_');
  await store.readAll();
  const stranger = schema.open({ tablePrefix: 'shown_' });
  await stranger.ready();
  const client = await schema.lowerHorizon('shown_');
  expect(await positions(store, { limit: 3 })).toEqual([1n, 2n, 3n]);
  expect(await positions(store, { after: 7n, limit: 3 })).toEqual([8n, 9n, 10n]);
  expect(await positions(store, { after: 8n, limit: 3 })).toEqual([]);
  expect(await positions(stranger, { limit: 3 })).toEqual([]);
  await client.query('commit');
  expect(await positions(store, { after: 8n, limit: 3 })).toEqual([9n, 10n]);
});

test('a full page tells where the log ends, so that the next ones are read without the horizon', async () => {
  await withTenEvents('paged_');
  const store = schema.open({ tablePrefix: 'paged_' });
  expect(await positions(store, { limit: 3 })).toEqual([1n, 2n, 3n]);
  const client = await schema.lowerHorizon('paged_');
  expect(await positions(store, { after: 3n, limit: 3 })).toEqual([4n, 5n, 6n]);
  await client.query('commit');
});

test('an event that is no longer stored says nothing of those below it', async () => {
  const store = await withTenEvents('gone_');
  await store.readAll();
  await schema.sql(`delete from "${schema.name}".gone_events where position = 10`);
  const client = await schema.lowerHorizon('gone_');
  expect(await positions(store, { limit: 3 })).toEqual([]);
  await client.query('commit');
  expect(await positions(store, { limit: 3 })).toEqual([1n, 2n, 3n]);
});

test('where positions were given up, a page ends before what is not final', async () => {
  const store = schema.open({ tablePrefix: 'gaps_' });
  await store.ready();
  const client = await schema.client();
  const within = async (end: 'commit' | 'rollback' | 'stay open', id: string): Promise<void> => {
    await client.query('begin');
    await store.within(client).append([to(id, 'none', happened({ n: 0 }))]);
    if (end !== 'stay open') await client.query(end);
  };
  for (const n of range(1, 3)) {
    await within('commit', `a ${n}`);
    await within('rollback', 'b');
  }
  const shown = await positions(store, {});
  expect(shown).toEqual([1n, 3n, 5n]);
  await within('stay open', 'c');
  await store.append([to('d', 'none', happened({ n: 1 }))]);
  expect(await positions(store, { after: 1n, limit: 3 })).toEqual([3n, 5n]);
  await client.query('commit');
  expect(await positions(store, { after: 1n, limit: 3 })).toEqual([3n, 5n, 7n]);
});

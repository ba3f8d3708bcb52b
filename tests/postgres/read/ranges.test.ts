import type { StorePage } from 'eventuality/store-kit';
import { happened, range, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';

const schema = new TestSchema(__filename);

test('what was shown is read up to its position also while a writer has lowered the horizon', async () => {
  const store = schema.open({ tablePrefix: 'lowered_' });
  await store.append([to('a', 'none', ...range(1, 5).map(n => happened({ n })))]);
  const stranger = schema.open({ tablePrefix: 'lowered_' });
  const [head] = await store.readAll({ direction: 'backward', limit: 1 });
  expect(head!.position).toBe(5n);
  const client = await schema.lowerHorizon('lowered_');
  const { name } = head!;
  const positions = async (page: StorePage, of = store) => (await of.readAll(page)).map(({ position }) => position);
  expect(await positions({})).toEqual([]);
  expect(await positions({ upTo: 5n, names: [name] }, stranger)).toEqual([]);
  expect(await positions({ upTo: 5n, names: [name] })).toEqual([1n, 2n, 3n, 4n, 5n]);
  expect(await positions({ after: 2n, upTo: 4n, direction: 'backward' })).toEqual([4n, 3n]);
  await client.query('commit');
  expect(await positions({ upTo: 5n, names: [name] }, stranger)).toEqual([1n, 2n, 3n, 4n, 5n]);
});

test('what was shown counts no longer when other events are stored there', async () => {
  const store = schema.open({ tablePrefix: 'replaced_' });
  await store.append([to('a', 'none', ...range(1, 5).map(n => happened({ n })))]);
  await store.readAll();
  await schema.sql(`delete from "${schema.name}".replaced_events where position = 5`);
  const client = await schema.lowerHorizon('replaced_');
  expect(await store.readAll({ upTo: 4n, direction: 'backward' })).toEqual([]);
  await client.query('commit');
});

test('an open transaction holds back what comes after it, whichever way the log is read', async () => {
  const store = schema.open({ tablePrefix: 'held_' });
  await store.append([to('a', 'none', ...range(1, 2).map(n => happened({ n })))]);
  const client = await schema.client();
  await client.query('begin');
  await store.within(client).append([to('b', 'none', ...range(1, 1).map(n => happened({ n })))]);
  await store.append([to('c', 'none', ...range(1, 1).map(n => happened({ n })))]);
  const last = async (page: StorePage) =>
    (await store.readAll({ ...page, direction: 'backward', limit: 1 }))[0]!.position;
  expect(await last({})).toBe(2n);
  expect(await last({ names: ['Happened'], upTo: 100n })).toBe(2n);
  expect((await store.streams()).map(({ aggregateId, version }) => `${aggregateId} ${version}`)).toEqual([
    'a 2',
    'c 1',
  ]);
  await client.query('commit');
  expect(await last({})).toBe(4n);
});

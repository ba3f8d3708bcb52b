import { following, happened, range, to } from '../../support/events';
import { TestSchema, url } from '../../support/stores/schema';
import { pause, until } from '../../support/waiting';

const schema = new TestSchema(__filename);

function urlOf(applicationName: string): string {
  const address = new URL(url);
  address.searchParams.set('application_name', applicationName);
  return address.href;
}

const terminate = (applicationName: string): Promise<unknown> =>
  schema.sql('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [applicationName]);

test('subscribers go on within 1.5 s when all connections were ended, without gaps', async () => {
  const writer = schema.open();
  const store = schema.open({ connectionString: urlOf('subscriber') });
  const seen = following(store);
  for (const round of range(1, 3)) {
    await writer.append([to('a', 'any', happened({ round }))]);
    await until(() => seen.length === 2 * round - 1, 'the first event');
    await terminate('subscriber');
    await writer.append([to('a', 'any', happened({ round }))]);
    await until(() => seen.length === 2 * round, 'the event after the connections were ended', 1500);
  }
  expect(seen.map(({ version }) => version)).toEqual(range(1, 6));
});

test('a subscriber that starts while the server cannot be reached begins when it can', async () => {
  const store = schema.open({ connectionString: urlOf('late'), tablePrefix: 'late_' });
  const seen = following(store);
  await until(() => pause(100).then(() => true), 'the ticker has asked');
  await terminate('late');
  await schema.open({ tablePrefix: 'late_' }).append([to('a', 'none')]);
  await until(() => seen.length === 1, 'the event');
});

test('own appends are seen at once, without waiting for the next look', async () => {
  const store = schema.open({ tablePrefix: 'quick_', pollEvery: 60_000 });
  await store.append([to('a', 'any')]);
  const seen = following(store);
  await until(() => seen.length === 1, 'the first event');
  await pause(50);
  await store.append([to('a', 'any')]);
  await until(() => seen.length === 2, 'the own event');
});

test('appends of other processes are seen at the next look', async () => {
  const [store, other] = [schema.open({ tablePrefix: 'others_' }), schema.open({ tablePrefix: 'others_' })];
  const seen = following(store);
  await other.append([to('a', 'any')]);
  await until(() => seen.length === 1, 'the event of another process');
});

test('what is committed later with a lower position holds back what comes after it, and nothing is skipped', async () => {
  const store = schema.open({ tablePrefix: 'held_' });
  const seen = following(store);
  await store.append([to('before', 'none')]);
  const client = await schema.client();
  await client.query('begin');
  await store.within(client).append([to('early', 'none')]);
  await store.append([to('late', 'none')]);
  await pause(100);
  expect(seen.map(event => event.aggregateId)).toEqual(['before']);
  expect((await store.readAll()).map(event => event.aggregateId)).toEqual(['before']);
  await client.query('commit');
  await until(() => seen.length === 3, 'all events');
  expect(seen.map(event => event.aggregateId)).toEqual(['before', 'early', 'late']);
});

test('a rolled back transaction holds nothing back any more', async () => {
  const store = schema.open({ tablePrefix: 'rolled_' });
  await store.ready();
  const client = await schema.client();
  await client.query('begin');
  await store.within(client).append([to('gone', 'none')]);
  await store.append([to('stays', 'none')]);
  await client.query('rollback');
  expect((await store.readAll()).map(event => event.aggregateId)).toEqual(['stays']);
});

test('a subscriber on a schema that was dropped is told so', async () => {
  const store = schema.open({ tablePrefix: 'dropped_' });
  await store.append([to('a', 'none')]);
  const pages = store.subscribe()[Symbol.asyncIterator]();
  await pages.next();
  await schema.sql(`drop function "${schema.name}".dropped_read_all; drop function "${schema.name}".dropped_horizon`);
  await expect(pages.next()).rejects.toMatchObject({ code: 'STORE_GONE' });
});

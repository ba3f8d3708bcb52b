import { defineProjection, Flow } from 'eventuality';
import { Client } from 'pg';
import type { PostgresEventStore } from '../../../src/adapters/postgres';
import { happened, range, to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { TestSchema, url } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);

/** Keeps the warnings of a store. */
const warnings = () => {
  const kept: object[] = [];
  return { kept, logger: { error: () => {}, warn: (details: object) => void kept.push(details) } };
};

/** Leaves gaps between events, as transactions that were rolled back do. */
async function withGaps(tablePrefix: string): Promise<PostgresEventStore> {
  const store = schema.open({ tablePrefix });
  const client = await schema.client();
  for (const n of range(1, 12)) {
    await store.append([to(`old ${n}`, 'none')]);
    await client.query('begin');
    await store.within(client).append([to('rolled back', 'none')]);
    await client.query('rollback');
  }
  return store;
}

/** Puts the sequence where a subscriber of logical replication has it. */
const setBack = (tablePrefix: string, to = 1): Promise<unknown> =>
  schema.sql(`select setval('"${schema.name}".${tablePrefix}positions', ${to}, false)`);

const positionsOf = async (store: PostgresEventStore): Promise<number[]> =>
  (await store.readAll()).map(({ position }) => Number(position));

test('a store whose sequence is behind its events moves it when it starts, says so, and subscribers miss nothing', async () => {
  const last = (await positionsOf(await withGaps('moved_'))).at(-1)!;
  await setBack('moved_');
  const { kept, logger } = warnings();
  const store = schema.open({ tablePrefix: 'moved_', logger });
  await store.ready();
  expect(kept).toEqual([{ schema: schema.name, drawn: 0n, last: BigInt(last) }]);
  const counts = defineProjection<{ n: number }>({
    name: 'counts',
    on: {
      Counted: async (_, { documents }) => documents.set('all', { n: ((await documents.get('all'))?.n ?? 0) + 1 }),
    },
  });
  const flow = new Flow({ eventStore: store, processors: [counts], logger: SILENT });
  await flow.processors.of('counts').waitFor(BigInt(last));
  let position = 0n;
  for (const n of range(1, 20)) {
    const outcome = await store.append([to(`new ${n}`, 'none', { ...happened(), name: 'Counted' })]);
    position = outcome.ok ? outcome.events[0]!.position : 0n;
    expect(Number(position)).toBeGreaterThan(last);
  }
  await flow.waitFor(position);
  expect(await flow.readModel<{ n: number }>('counts').get('all')).toEqual({ n: 20 });
  await flow.close();
});

test.each(['check', 'off'] as const)(
  'with migrate: %p it is refused, with the statement that mends it',
  async migrate => {
    const prefix = `${migrate}_`;
    const last = (await positionsOf(await withGaps(prefix))).at(-1)!;
    await setBack(prefix, 4);
    const store = schema.open({ tablePrefix: prefix, migrate });
    const error = (await store.append([to('new', 'none')]).catch((error: unknown) => error)) as Error;
    expect(error).toMatchObject({
      code: 'POSTGRES_POSITIONS',
      message: expect.stringContaining(`at 3, the last event at ${last}`),
    });
    await schema.sql(/select setval.*;/.exec(error.message)![0]);
    await store.append([to('new', 'none')]);
    expect((await positionsOf(store)).at(-1)).toBe(last + 1);
  },
);

test('a position that is in use is an error and no reason to draw another one; the next append comes after all events', async () => {
  const store = await withGaps('taken_');
  const before = await positionsOf(store);
  await setBack('taken_', before[4]);
  await expect(store.append([to('new', 'none')])).rejects.toMatchObject({ code: 'POSTGRES_POSITIONS' });
  expect(await positionsOf(store)).toEqual(before);
  await store.append([to('new', 'none')]);
  expect(await positionsOf(store)).toEqual([...before, expect.any(Number)]);
  await setBack('taken_', before[4]);
  const inTransaction = store.projections.transaction(transaction => transaction.append([to('inline', 'none')]));
  await expect(inTransaction).rejects.toMatchObject({ code: 'POSTGRES_POSITIONS' });
  await store.projections.transaction(transaction => transaction.append([to('inline', 'none')]));
  expect((await store.readAll()).at(-1)).toMatchObject({ aggregateId: 'inline' });
});

test('events stay visible where setval has said which position comes next', async () => {
  const store = schema.open({ tablePrefix: 'next_' });
  for (const n of range(1, 3)) await store.append([to(`${n}`, 'none')]);
  await setBack('next_', 10);
  expect(await positionsOf(store)).toEqual([1, 2, 3]);
  await store.append([to('4', 'none')]);
  expect(await positionsOf(store)).toEqual([1, 2, 3, 10]);
});

test('stores that start while others append find nothing amiss', async () => {
  const writer = schema.open({ tablePrefix: 'busy_' });
  await writer.ready();
  const { kept, logger } = warnings();
  let writing = true;
  const writers = range(1, 8).map(async n => {
    while (writing) await writer.append([to(`${n}`, 'any')]);
  });
  for (const _ of range(1, 30)) await schema.open({ tablePrefix: 'busy_', logger, maxConnections: 2 }).ready();
  writing = false;
  await Promise.all(writers);
  expect(kept).toEqual([]);
});

test.each(['LATIN1', 'SQL_ASCII'])('a database with the encoding %s is refused', async encoding => {
  const name = `${schema.name}_${encoding.toLowerCase()}`;
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(
      `create database "${name}" encoding '${encoding}' lc_collate 'C' lc_ctype 'C' template template0`,
    );
    const address = new URL(url);
    address.pathname = `/${name}`;
    const store = schema.open({ connectionString: address.href });
    await expect(store.ready()).rejects.toMatchObject({ code: 'POSTGRES_ENCODING', encoding });
    await store.close();
    await until(
      async () => (await schema.sql(`select 1 from pg_stat_activity where datname = $1`, [name])).length === 0,
      'it is left',
    );
  } finally {
    await client.query(`drop database if exists "${name}"`);
    await client.end();
  }
});

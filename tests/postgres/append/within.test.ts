import type { PoolClient } from 'pg';
import { newId } from '../../../src/messages';
import { happened, stream, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';
import { pause } from '../../support/waiting';

const schema = new TestSchema(__filename);
const store = schema.open();
let client: PoolClient;

beforeAll(async () => {
  await store.ready();
  await schema.sql(`create table "${schema.name}".orders (id text primary key)`);
  client = await schema.client();
});

const orders = (id: string): Promise<unknown[]> =>
  schema.sql(`select id from "${schema.name}".orders where id = $1`, [id]);
const order = (id: string): Promise<unknown> => client.query(`insert into "${schema.name}".orders values ($1)`, [id]);

test('events and rows are committed together', async () => {
  await client.query('begin');
  await order('both');
  const outcome = await store.within(client).append([to('both', 'none', happened({ n: 1 }))]);
  expect(outcome).toMatchObject({ ok: true, events: [{ version: 1, payload: { n: 1 } }] });
  expect(await store.read(stream('both'))).toEqual([]);
  expect(await store.within(client).read(stream('both'))).toHaveLength(1);
  await client.query('commit');
  expect(await orders('both')).toHaveLength(1);
  expect(await store.read(stream('both'))).toEqual((outcome as { events: unknown }).events);
});

test('events and rows are rolled back together', async () => {
  await client.query('begin');
  await order('neither');
  await store.within(client).append([to('neither', 'none')]);
  await client.query('rollback');
  expect(await orders('neither')).toEqual([]);
  expect(await store.read(stream('neither'))).toEqual([]);
  expect(await store.append([to('neither', 'none')])).toMatchObject({ ok: true });
});

test('a conflict leaves the transaction usable', async () => {
  await store.append([to('moved', 'none')]);
  await client.query('begin');
  expect(await store.within(client).append([to('moved', 0)])).toMatchObject({ ok: false, conflicts: [{ actual: 1 }] });
  await order('after a conflict');
  await client.query('commit');
  expect(await orders('after a conflict')).toHaveLength(1);
});

test('a repeated append is answered with what is stored', async () => {
  const append = [to('repeated', 'none', happened({}, { id: newId() }))];
  const first = await store.append(append);
  await client.query('begin');
  expect(await store.within(client).append(append)).toEqual(first);
  await client.query('commit');
});

test('a savepoint that is rolled back takes its events with it, and the order holds for those that follow', async () => {
  await client.query('begin');
  await client.query('savepoint attempt');
  await store.within(client).append([to('attempt', 'none')]);
  await client.query('rollback to savepoint attempt');
  await store.within(client).append([to('second attempt', 'none')]);
  await store.append([to('overtaking', 'none')]);
  const before = (await store.readAll()).map(event => event.aggregateId);
  await client.query('commit');
  const after = (await store.readAll()).map(event => event.aggregateId);
  expect(before).not.toContain('overtaking');
  expect(after.slice(before.length)).toEqual(['second attempt', 'overtaking']);
});

test('it waits for another transaction that has appended to the same stream', async () => {
  await store.append([to('contended', 'none')]);
  const other = await schema.client();
  await other.query('begin');
  await store.within(other).append([to('contended', 1)]);
  await client.query('begin');
  const waiting = store.within(client).append([to('contended', 1)]);
  await pause(50);
  await other.query('commit');
  expect(await waiting).toMatchObject({ ok: false, conflicts: [{ actual: 2 }] });
  await client.query('commit');
});

test('a client without a transaction is refused', async () => {
  await expect(store.within(client).append([to('loose', 'none')])).rejects.toMatchObject({
    code: 'POSTGRES_NO_TRANSACTION',
  });
});

test.each(['repeatable read', 'serializable'])('a transaction that is %s is refused', async isolation => {
  await client.query(`begin isolation level ${isolation}`);
  await expect(store.within(client).append([to('strict', 'none')])).rejects.toMatchObject({
    code: 'POSTGRES_ISOLATION',
  });
  await client.query('rollback');
  expect(await store.read(stream('strict'))).toEqual([]);
});

/** How often the open transaction has gone through the whole table of events, and how often by an index. */
async function scans(): Promise<{ whole: number; by_index: number }> {
  const { rows } = await client.query(
    `select seq_scan::int as whole, idx_scan::int as by_index from pg_stat_xact_user_tables where schemaname = $1 and relname = 'eventuality_events'`,
    [schema.name],
  );
  return rows[0];
}

test('streams are read by the index, also while the table is so small that a plan of its own would go through all of it', async () => {
  await store.append([to('few', 'none', happened(), happened())]);
  const events = `"${schema.name}".eventuality_events`;
  await schema.sql(`analyze ${events}`);
  await client.query('begin');
  await client.query(`select payload from ${events} where aggregate_name = $1 and aggregate_id = $2 order by version`, [
    'Todo',
    'few',
  ]);
  const control = await scans();
  expect(control).toMatchObject({ whole: 1 });
  expect(await store.within(client).read(stream('few'))).toHaveLength(2);
  await client.query(
    `select * from "${schema.name}".eventuality_read_streams('{Todo,Todo}', '{few,both}', '{1,1}', '{9,9}')`,
  );
  const { whole, by_index } = await scans();
  await client.query('rollback');
  expect(whole).toBe(control.whole);
  expect(by_index).toBeGreaterThan(control.by_index);
});

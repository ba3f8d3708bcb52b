import type { Pool } from 'pg';
import { range, stream, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);

/** Counts how often the pool has lent a client. */
function loans(pool: Pool): () => number {
  let count = 0;
  pool.on('acquire', () => count++);
  return () => count;
}

const allIdle = (pool: Pool): boolean => pool.idleCount === pool.totalCount;

test('asks one after the other on one client, and gives it back soon', async () => {
  const pool = schema.pool({ max: 3 });
  const store = schema.open({ pool });
  await store.ready();
  await until(() => allIdle(pool), 'the clients of the start are back');
  const lent = loans(pool);
  const start = Date.now();
  for (const version of range(0, 19)) {
    await store.read(stream('one'));
    await store.append([to('one', version)]);
  }
  expect(lent()).toBeLessThanOrEqual(2 + Math.floor((Date.now() - start) / 100));
  await until(() => allIdle(pool), 'the client is back');
});

test('keeps no client that others may need', async () => {
  const pool = schema.pool({ max: 1 });
  const store = schema.open({ pool });
  await store.append([to('only', 'none')]);
  expect(allIdle(pool)).toBe(true);
  await store.read(stream('only'));
  expect(allIdle(pool)).toBe(true);
});

test('gives a kept client back when the pool has no other one left', async () => {
  const pool = schema.pool({ max: 2 });
  const store = schema.open({ pool });
  await store.append([to('other', 'none')]);
  expect(allIdle(pool)).toBe(false);
  const mine = await pool.connect();
  await store.read(stream('other'));
  expect(pool.idleCount).toBe(1);
  mine.release();
});

test('goes on after a kept connection was lost', async () => {
  const pool = schema.pool({ max: 4 });
  const store = schema.open({ pool });
  await Promise.all(range(1, 4).map(index => store.append([to(`lost-${index}`, 'none')])));
  const before = pool.totalCount;
  await schema.sql(
    `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query like '%"${schema.name}".%'`,
  );
  await until(() => pool.totalCount < before, 'the pool has noticed');
  expect(await store.read(stream('lost-1'))).toHaveLength(1);
  await store.append([to('lost-1', 1)]);
  expect(await store.read(stream('lost-1'))).toHaveLength(2);
});

test('ends a client whose question has failed', async () => {
  const pool = schema.pool({ max: 3 });
  const store = schema.open({ pool, migrate: 'off' });
  await schema.sql(`alter table "${schema.name}".eventuality_snapshots rename to gone`);
  await store.ready();
  const ended: unknown[] = [];
  pool.on('remove', client => ended.push(client));
  await expect(store.snapshots.load(stream('failing'), 1)).rejects.toMatchObject({ code: 'POSTGRES_SCHEMA_OUTDATED' });
  await schema.sql(`alter table "${schema.name}".gone rename to eventuality_snapshots`);
  expect(await store.snapshots.load(stream('failing'), 1)).toBeUndefined();
  expect(ended).toHaveLength(1);
});

test('close() gives the clients back, so that a pool can end at once', async () => {
  const pool = schema.pool({ max: 3 });
  const store = schema.open({ pool });
  await Promise.all(range(1, 5).map(index => store.append([to(`closing-${index}`, 'none')])));
  await store.close();
  expect(allIdle(pool)).toBe(true);
  const own = schema.open();
  await own.append([to('own', 'none')]);
  await own.close();
});

test('works on a pool that does not count its clients', async () => {
  const pool = schema.pool({ max: 2 });
  const shaped = {
    query: (query: object) => pool.query(query as never),
    connect: () => pool.connect(),
    end: () => pool.end(),
    on: (_event: 'error', listener: (error: Error) => void) => pool.on('error', listener),
    removeListener: (_event: 'error', listener: (error: Error) => void) => pool.removeListener('error', listener),
  };
  const store = schema.open({ pool: shaped });
  await store.append([to('shaped', 'none')]);
  expect(allIdle(pool)).toBe(true);
  await store.projections.transaction(async transaction => transaction.append([to('shaped', 1)]));
  expect(await store.read(stream('shaped'))).toHaveLength(2);
});

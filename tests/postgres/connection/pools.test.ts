import type { Pool } from 'pg';
import { range, stream, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);

const allIdle = (pool: Pool): boolean => pool.idleCount === pool.totalCount;

test('borrows a client for one question only, so that one connection is enough for everybody', async () => {
  const pool = schema.pool({ max: 1 });
  const store = schema.open({ pool });
  await store.append([to('only', 'none')]);
  expect(allIdle(pool)).toBe(true);
  await store.read(stream('only'));
  expect(allIdle(pool)).toBe(true);
});

test('goes on after connections were lost while they were idle', async () => {
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

test('close() leaves no client behind, so that a pool can end at once', async () => {
  const pool = schema.pool({ max: 3 });
  const store = schema.open({ pool });
  await Promise.all(range(1, 5).map(index => store.append([to(`closing-${index}`, 'none')])));
  await store.close();
  expect(allIdle(pool)).toBe(true);
});

test('works on a pool that has the shape only, and knows promises only', async () => {
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
  await store.projections.transaction(async transaction => transaction.append([to('shaped', 1)]));
  expect(await store.read(stream('shaped'))).toHaveLength(2);
  expect(allIdle(pool)).toBe(true);
});

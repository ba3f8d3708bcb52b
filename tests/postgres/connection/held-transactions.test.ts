import type { PoolClient } from 'pg';
import type { ProjectionTransaction } from '../../../src/store';
import { following, to } from '../../support/events';
import { CuttingProxy } from '../../support/proxies/cutting-proxy';
import { TestSchema, url } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const proxy = new CuttingProxy(url, Math.random);
beforeAll(() => proxy.start());
afterAll(() => proxy.stop());

const things = { name: 'things', version: 1, indexes: [] };
const segment = { projection: 'things', version: 1, segment: 0 };
const write = (id: string, document: object) => ({ readModel: 'things', version: 1, id, document });

async function prepared(tablePrefix: string, more: object = {}) {
  const store = schema.open({ tablePrefix, ...more });
  await store.projections.prepare(things);
  await schema.sql(`create table "${schema.name}".${tablePrefix}rows (n bigint)`);
  return { store, table: `"${schema.name}".${tablePrefix}rows` };
}

const rows = async (table: string): Promise<string[]> =>
  (await schema.sql(`select n from ${table} order by n`)).map(({ n }) => n);

test('the work of a commit writes rows of its own, together with the documents or not at all', async () => {
  const { store, table } = await prepared('rows_');
  const insert = (n: number) => (client: PoolClient) => client.query(`insert into ${table} values ($1)`, [n]);
  const { projections } = store;
  const commit = { checkpoint: segment, from: 0n, to: 1n, writes: [write('a', {})] };
  await expect(
    projections.commit({ ...commit, work: [insert(1), client => client.query('select 1 / 0')] }),
  ).rejects.toMatchObject({
    code: '22012',
  });
  expect([await rows(table), await projections.checkpoint(segment)]).toEqual([[], 0n]);
  expect(await projections.commit({ ...commit, work: [insert(2), insert(3)] })).toEqual({ ok: true });
  expect(await projections.commit({ ...commit, work: [insert(4)] })).toEqual({
    ok: false,
    checkpoint: 1n,
    fenced: false,
  });
  expect([await rows(table), await projections.checkpoint(segment)]).toEqual([['2', '3'], 1n]);
});

test('work that swallows an error of the database does not get its commit through', async () => {
  const { store } = await prepared('swallowed_');
  const work = [(client: PoolClient) => client.query('select 1 / 0').catch(() => undefined)];
  const commit = { checkpoint: segment, from: 0n, to: 1n, writes: [write('a', {})], work };
  await expect(store.projections.commit(commit)).rejects.toMatchObject({ code: '25P02' });
  expect(await store.projections.checkpoint(segment)).toBe(0n);
});

test('commits with work and transactions take effect once when connections are cut, and tell the truth', async () => {
  const { store, table } = await prepared('cut_', { connectionString: proxy.url('held'), retryFor: 20_000 });
  const cutsBefore = proxy.cuts;
  proxy.cutting = 0.05;
  let from = 0n;
  for (let round = 0; proxy.cuts < cutsBefore + 15 || round < 60; round++) {
    const next = from + 1n;
    const work = [(client: PoolClient) => client.query(`insert into ${table} values ($1)`, [next])];
    const commit = { checkpoint: segment, from, to: next, writes: [write(`${next}`, {})], work };
    const append = () =>
      store.projections.transaction(async transaction => {
        await transaction.append([to(`${next}`, 'none')]);
        return transaction.commit(commit);
      });
    const result = await (round % 2 === 0 ? store.projections.commit(commit) : append()).catch(
      (error: { code?: string }) => error,
    );
    if ('ok' in result) expect(result).toEqual({ ok: true });
    // The connection was lost either in a query of the store, or in that of the work, whose error comes through as it
    // is.
    else
      expect(result.code ?? String(result)).toMatch(
        /^POSTGRES_UNREACHABLE$|Connection terminated|not queryable|ECONNRESET/,
      );
    // What was said is what happened: who was refused has written nothing, and begins again where it was.
    if ('ok' in result) from = next;
    expect(
      (await schema.sql(`select position from "${schema.name}".cut_checkpoints`)).map(({ position }) =>
        BigInt(position),
      ),
    ).toEqual(from === 0n ? [] : [from]);
  }
  proxy.cutting = 0;
  const all = Array.from({ length: Number(from) }, (_, n) => `${n + 1}`);
  expect(await rows(table)).toEqual(all);
}, 60_000);

type Call = (transaction: ProjectionTransaction) => Promise<unknown>;
const calls: Readonly<Record<string, Call>> = {
  append: transaction => transaction.append([to('interrupted', 'none')]),
  readAll: transaction => transaction.readAll(),
  lock: transaction => transaction.lock(segment),
  parked: transaction => transaction.parked(segment),
  get: transaction => transaction.get('things', 1, ['a']),
  commit: transaction => transaction.commit({ checkpoint: segment, from: 1n, to: 2n, writes: [write('b', {})] }),
  activate: transaction => transaction.activate('things', 1),
};
test.each(Object.keys(calls))(
  'a transaction whose connection was lost before its call of %s is done again',
  async name => {
    const { store } = await prepared(`again_${name.toLowerCase()}_`);
    let attempts = 0;
    await store.projections.transaction(async transaction => {
      let pid = 0;
      const work = async (client: PoolClient) => {
        pid = (await client.query('select pg_backend_pid() as pid')).rows[0].pid;
      };
      await transaction.commit({ checkpoint: segment, from: 0n, to: 1n, writes: [write('a', {})], work: [work] });
      if (++attempts === 1) await schema.sql('select pg_terminate_backend($1, 5000)', [pid]);
      await calls[name]!(transaction);
    });
    expect(attempts).toBe(2);
    expect(await store.projections.checkpoint(segment)).toBe(name === 'commit' ? 2n : 1n);
  },
);

test('while a transaction has appended no other appends, and its events come in order', async () => {
  const { store } = await prepared('alone_');
  const other = schema.open({ tablePrefix: 'alone_' });
  const seen = following(other);
  let outside: Promise<unknown> | undefined;
  await store.projections.transaction(async transaction => {
    await transaction.append([to('first', 'none')]);
    outside = other.append([to('outside', 'none')]);
    await until(
      async () =>
        (
          await schema.sql(
            `select 1 from pg_locks where not granted and relation = '"${schema.name}".alone_streams'::regclass`,
          )
        ).length > 0,
      'the append waits',
    );
    await transaction.append([to('second', 'none')]);
    expect((await transaction.readAll()).map(event => event.aggregateId)).toEqual(['first', 'second']);
  });
  await outside;
  await until(() => seen.length === 3, 'the subscriber has all');
  expect(seen.map(event => event.aggregateId)).toEqual(['first', 'second', 'outside']);
});

test('transactions that wait for one checkpoint leave connections to others', async () => {
  const { store } = await prepared('waiting_', { maxConnections: 4 });
  await store.projections.commit({ checkpoint: segment, from: 0n, to: 1n, writes: [] });
  const holder = await schema.client();
  await holder.query(`begin; select 1 from "${schema.name}".waiting_checkpoints for update`);
  const locking = Array.from({ length: 8 }, () =>
    store.projections.transaction(transaction => transaction.lock(segment)),
  );
  const working = Array.from({ length: 8 }, () =>
    store.projections.commit({ checkpoint: segment, from: 0n, to: 1n, work: [async () => {}], writes: [] }),
  );
  expect(await store.append([to('meanwhile', 'none')])).toMatchObject({ ok: true });
  await holder.query('rollback');
  expect(await Promise.all(locking)).toEqual(Array(8).fill(1n));
  expect(await Promise.all(working)).toEqual(Array(8).fill({ ok: false, checkpoint: 1n, fenced: false }));
});

test('after work that failed its connection is used again', async () => {
  const { store } = await prepared('kept_', { maxConnections: 2 });
  const pids = new Set<number>();
  for (let n = 0; n < 10; n++) {
    const work = async (client: PoolClient) => {
      pids.add((await client.query('select pg_backend_pid() as pid')).rows[0].pid);
      throw new Error('no');
    };
    await expect(
      store.projections.commit({ checkpoint: segment, from: 0n, to: 1n, writes: [], work: [work] }),
    ).rejects.toThrow('no');
  }
  expect(pids.size).toBeLessThanOrEqual(2);
});

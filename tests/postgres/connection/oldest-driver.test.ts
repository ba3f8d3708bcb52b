import type { EventStore } from '../../../src/store';
import { eventStoreContract } from '../../../src/testing';
import { following, happened, stream, to } from '../../support/events';
import { TestSchema, url } from '../../support/stores/schema';
import { until } from '../../support/waiting';

// The lowest version that the package's peerDependencies allow.
const { Pool } = require('pg-oldest') as typeof import('pg');
const lowest: string = require('../../../package.json').peerDependencies.pg.replace('^', '');

const schema = new TestSchema(__filename);
const pools: InstanceType<typeof Pool>[] = [];
const prefixes = new WeakMap<EventStore, string>();
let opened = 0;

function pool(applicationName = 'oldest'): InstanceType<typeof Pool> {
  const pool = new Pool({ connectionString: url, max: 6, application_name: applicationName });
  pool.on('error', () => {});
  pools.push(pool);
  return pool;
}

const shared = pool();
const open = (tablePrefix = `case_${++opened}_`) => {
  const store = schema.open({ tablePrefix, pool: shared });
  prefixes.set(store, tablePrefix);
  return store;
};
const again = (store: EventStore): EventStore => open(prefixes.get(store));

afterAll(() => Promise.all(pools.map(pool => pool.end())));

test('the lowest version of pg that the package allows is the one that is tested', () => {
  expect(require('pg-oldest/package.json').version).toBe(lowest);
});

describe('the contract of event stores', () => {
  const contract = eventStoreContract({ open: () => open(), reopen: again, openAgain: again, restores: true });
  test.each(contract.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(), 20_000);
});

test('an append within a client without a transaction is refused, and one within a transaction belongs to it', async () => {
  const store = open();
  await store.ready();
  const client = await shared.connect();
  try {
    expect('getTransactionStatus' in client).toBe(false);
    await expect(store.within(client).append([to('loose', 'none')])).rejects.toMatchObject({
      code: 'POSTGRES_NO_TRANSACTION',
    });
    expect(await store.read(stream('loose'))).toEqual([]);
    await client.query('begin');
    const transaction = store.within(client);
    expect(await transaction.append([to('a', 'none')])).toMatchObject({ ok: true });
    expect(await transaction.append([to('a', 1)])).toMatchObject({ ok: true });
    await client.query('rollback');
    expect(await store.read(stream('a'))).toEqual([]);
    await expect(transaction.append([to('a', 'none')])).rejects.toMatchObject({ code: 'POSTGRES_NO_TRANSACTION' });
  } finally {
    client.release();
  }
});

test('subscribers and transactions go on when their connections are ended', async () => {
  const store = schema.open({ tablePrefix: 'ended_', pool: pool('oldest-ended') });
  const seen = following(store);
  const segment = { projection: 'things', version: 1, segment: 0 };
  await store.projections.prepare({ name: 'things', version: 1, indexes: [] });
  for (let version = 1; version <= 3; version++) {
    await schema.sql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'oldest-ended'`);
    await store.projections.transaction(async transaction => {
      await transaction.append([to('a', version - 1, happened({ version }))]);
      const writes = [{ readModel: 'things', version: 1, id: 'a', document: { version } }];
      return transaction.commit({ checkpoint: segment, from: BigInt(version - 1), to: BigInt(version), writes });
    });
    await until(() => seen.length === version, 'the event', 2000);
  }
  expect((await store.projections.get('things', 1, ['a'])).get('a')).toEqual({ version: 3 });
});

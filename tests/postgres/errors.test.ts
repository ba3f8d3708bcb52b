import { migrationSql, postgres } from '../../src/adapters/postgres';
import { EventualityError } from '../../src/messages';
import { happened, stream, to } from '../support/events';
import { TestSchema, url } from '../support/stores/schema';

const schema = new TestSchema(__filename);

/** Returns the address with settings that every session begins with. */
function withSetting(setting: string): string {
  const address = new URL(url);
  address.searchParams.set('options', `-c ${setting}`);
  return address.href;
}

async function failure(work: () => unknown): Promise<EventualityError> {
  try {
    await work();
  } catch (error) {
    expect(EventualityError.is(error)).toBe(true);
    return error as EventualityError;
  }
  throw new Error('It did not fail.');
}

test('lists all faults of the options together', async () => {
  const options = {
    schema: 'Not"this',
    tablePrefix: '1',
    migrate: 'yes',
    maxPayloadBytes: 0,
    retryFor: -1,
    pollEvery: 1.5,
  };
  const error = await failure(() => postgres(options as never));
  expect(error).toMatchObject({ code: 'POSTGRES_OPTIONS' });
  for (const part of [
    'schema',
    'tablePrefix',
    'connectionString or pool',
    'migrate',
    'maxPayloadBytes',
    'retryFor',
    'pollEvery',
  ]) {
    expect(error.message).toContain(part);
  }
  expect(await failure(() => migrationSql({ schema: 'a-b' }))).toMatchObject({ code: 'POSTGRES_OPTIONS' });
  expect(await failure(() => postgres({ connectionString: url, pool: {} as never }))).toMatchObject({
    code: 'POSTGRES_OPTIONS',
  });
  expect(await failure(() => postgres({ connectionString: 'http://localhost' }))).toMatchObject({
    code: 'POSTGRES_OPTIONS',
  });
});

test('says when the server cannot be reached, and tries anew with the next call', async () => {
  const store = schema.open({ connectionString: 'postgres://nobody@127.0.0.1:1/none', retryFor: 0 });
  expect(await failure(() => store.ready())).toMatchObject({ code: 'POSTGRES_UNREACHABLE' });
  const error = await failure(() => store.append([to('a', 'none')]));
  expect(error).toMatchObject({ code: 'POSTGRES_UNREACHABLE', cause: { code: 'ECONNREFUSED' } });
});

test('says when the database does not exist', async () => {
  const address = new URL(url);
  address.pathname = '/no_such_database';
  const error = await failure(() => schema.open({ connectionString: address.href }).ready());
  expect(error).toMatchObject({ code: 'POSTGRES_UNREACHABLE', message: expect.stringContaining('no_such_database') });
});

test('says when the driver is missing', async () => {
  jest.resetModules();
  jest.doMock('pg', () => {
    throw new Error(`Cannot find module 'pg'`);
  });
  const { postgres } = require('../../src/adapters/postgres') as typeof import('../../src/adapters/postgres');
  expect(() => postgres({ connectionString: url })).toThrow(
    expect.objectContaining({ code: 'POSTGRES_DRIVER_MISSING' }),
  );
  jest.dontMock('pg');
});

test.each(['repeatable read', 'serializable'])('refuses sessions that are %s by default', async isolation => {
  const setting = `default_transaction_isolation=${isolation.replace(' ', '\\ ')}`;
  const store = schema.open({ connectionString: withSetting(setting), tablePrefix: 'strict_' });
  expect(await failure(() => store.append([to('a', 'none')]))).toMatchObject({ code: 'POSTGRES_ISOLATION' });
  await schema.open({ tablePrefix: 'strict_' }).append([to('a', 'none')]);
  const unchecked = schema.pool({ connectionString: withSetting(setting) });
  const name = `"${schema.name}".strict_`;
  await expect(unchecked.query(`select * from ${name}read_all(0, 10)`)).rejects.toMatchObject({ code: 'EVT01' });
});

test('refuses a server that is read-only', async () => {
  const store = schema.open({ connectionString: withSetting('default_transaction_read_only=on') });
  expect(await failure(() => store.append([to('a', 'none')]))).toMatchObject({ code: 'POSTGRES_REPLICA' });
});

test('says when the server has become read-only', async () => {
  const pool = schema.pool({ max: 1 });
  const store = schema.open({ pool, retryFor: 0 });
  await store.append([to('read-only', 'none')]);
  await pool.query('set default_transaction_read_only = on');
  expect(await failure(() => store.append([to('read-only', 1)]))).toMatchObject({ code: 'POSTGRES_REPLICA' });
});

test('refuses payloads and metadata that are too large, and writes nothing', async () => {
  const store = schema.open({ maxPayloadBytes: 1000 });
  const exact = { text: 'x'.repeat(1000 - '{"text":""}'.length) };
  expect(await store.append([to('large', 'none', happened(exact))])).toMatchObject({ ok: true });
  const large = { text: 'ü'.repeat(500) };
  const error = await failure(() => store.append([to('large', 1, happened(), happened(large))]));
  expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', path: 'Happened', bytes: 1011, limit: 1000 });
  expect(await failure(() => store.append([to('large', 1, happened({}, { metadata: large }))]))).toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
  });
  expect(await store.read(stream('large'))).toHaveLength(1);
});

test('takes a payload of 1 MiB by default, and none that is larger', async () => {
  const store = schema.open();
  const payload = (length: number): object => ({ text: 'x'.repeat(length - '{"text":""}'.length) });
  await store.append([to('mebibyte', 'none', happened(payload(1024 * 1024)))]);
  expect((await store.read(stream('mebibyte')))[0]!.payload).toEqual(payload(1024 * 1024));
  const error = await failure(() => store.append([to('mebibyte', 1, happened(payload(1024 * 1024 + 1)))]));
  expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
});

test('a read that is aborted rejects with the reason, also while it is on its way', async () => {
  const store = schema.open();
  await store.ready();
  const reason = new Error('enough');
  for (const read of [store.read.bind(store, stream('a')), store.readAll.bind(store)]) {
    const controller = new AbortController();
    const reading = read({ signal: controller.signal });
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  }
});

test('close leaves a pool that was given open', async () => {
  const pool = schema.pool();
  const store = schema.open({ pool });
  await store.append([to('given', 'none')]);
  await store.close();
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(pool.listenerCount('error')).toBe(1);
});

import { Client } from 'pg';
import { migrationSql, postgres } from '../../../src/adapters/postgres';
import { to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { TestSchema, url } from '../../support/stores/schema';

const schema = new TestSchema(__filename);

const HOSTILE = [
  '',
  'a b',
  'a-b',
  'a"b',
  'a";drop table x;--',
  "a'b",
  'Upper',
  'ünder',
  '1a',
  'a.b',
  'a\0b',
  'a\n',
  'x'.repeat(64),
  'constructor()',
  null,
  7,
  {},
];

test.each(HOSTILE)('refuses the name %j', name => {
  expect(() => postgres({ connectionString: url, schema: name as never })).toThrow(
    expect.objectContaining({ code: 'POSTGRES_OPTIONS' }),
  );
  expect(() => postgres({ connectionString: url, tablePrefix: name as never })).toThrow(
    expect.objectContaining({ code: 'POSTGRES_OPTIONS' }),
  );
});

const LONGEST = `hostile_${process.pid}_`.padEnd(63, 'x');

afterAll(async () => {
  const client = new Client(url);
  await client.connect();
  await client.query(`drop schema if exists "${LONGEST}" cascade`);
  await client.end();
});

test.each([
  ['key words', { tablePrefix: 'select' }],
  ['names of objects', { tablePrefix: '__proto__' }],
  ['the longest prefix', { tablePrefix: 'p'.repeat(46) }],
  ['the longest schema', { schema: LONGEST, tablePrefix: 'table' }],
])('works with %s', async (_, options) => {
  const store = schema.open({ ...options, logger: SILENT });
  await store.append([to('a', 'none')]);
  expect(await store.readAll()).toHaveLength(1);
  await store.close();
});

test('no name is cut by PostgreSQL, also with the longest prefix', async () => {
  const tablePrefix = 'q'.repeat(46);
  const names = [...migrationSql({ schema: 'public', tablePrefix }).matchAll(/"(q+[^"]*)"/g)].map(([, name]) => name!);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter(name => name.length > 63)).toEqual([]);
  // One character more, and some would be.
  expect(Math.max(...names.map(name => name.length))).toBe(63);
  expect(() => schema.open({ tablePrefix: `${tablePrefix}q` })).toThrow('tablePrefix');
});

test('stores of different names in one database do not see or hold up each other', async () => {
  const [one, other] = [schema.open({ tablePrefix: 'one_' }), schema.open({ tablePrefix: 'other_' })];
  await Promise.all([one.ready(), other.ready()]);
  const client = await schema.client();
  await client.query('begin');
  await one.within(client).append([to('a', 'none')]);
  await other.append([to('b', 'none')]);
  expect((await other.readAll()).map(event => event.aggregateId)).toEqual(['b']);
  await other.within(client).append([to('c', 'none')]);
  await other.append([to('d', 'none')]);
  expect((await other.readAll()).map(event => event.aggregateId)).toEqual(['b']);
  await client.query('commit');
  expect((await other.readAll()).map(event => event.aggregateId)).toEqual(['b', 'c', 'd']);
  expect((await one.readAll()).map(event => event.aggregateId)).toEqual(['a']);
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { APPLICATION_ID, MIGRATIONS } from '../../../src/adapters/sqlite/schema/migrations';
import { testFiles } from '../../support/stores/files';
import { everything } from '../../support/stores/whole-stores';
import { to } from '../events';
import { RecordingDriver } from './recording-driver';

const files = testFiles();

function pragma(driver: RecordingDriver, name: string): unknown {
  return Object.values(driver.connection.prepare(`pragma ${name}`).get() as object)[0];
}

test('commits are durable: write-ahead log, synchronous FULL', () => {
  const driver = new RecordingDriver();
  files.store(files.path(), { driver });
  expect(pragma(driver, 'journal_mode')).toBe('wal');
  expect(pragma(driver, 'synchronous')).toBe(2);
});

test('a file that does not exist is refused where none is to be created, and none is', () => {
  const path = files.path();
  expect(() => files.store(path, { create: false })).toThrow(
    expect.objectContaining({
      code: 'SQLITE_FILE_UNAVAILABLE',
      message: expect.stringContaining('there is no such file, and `create` is false'),
    }),
  );
  expect(existsSync(path)).toBe(false);
  files.store(path);
  files.store(path, { create: false });
  files.store(':memory:', { create: false });
});

test('synchronous NORMAL is there for those who ask for it', () => {
  const driver = new RecordingDriver();
  files.store(files.path(), { driver, synchronous: 'normal' });
  expect(pragma(driver, 'synchronous')).toBe(1);
});

test('an open store never waits for a lock inside SQLite, where it would hold up the process', () => {
  const driver = new RecordingDriver();
  files.store(files.path(), { driver });
  expect(pragma(driver, 'busy_timeout')).toBe(0);
});

test('a file is marked as an event store, with the version of its schema', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver });
  expect(pragma(driver, 'application_id')).toBe(APPLICATION_ID);
  expect(pragma(driver, 'user_version')).toBe(MIGRATIONS.length);
  await store.close();
  expect(readFileSync(store.file).subarray(68, 72).toString()).toBe('EVNT');
});

test('opening a file again changes nothing in it', async () => {
  const store = files.store();
  await store.append(to('1'));
  const before = await everything(store);
  await store.close();
  const bytes = readFileSync(store.file);
  for (let round = 0; round < 3; round++) {
    const again = files.store(store.file);
    expect(await everything(again)).toEqual(before);
    await again.close();
  }
  expect(readFileSync(store.file)).toEqual(bytes);
});

test('a file without a byte, as a temporary one is made, becomes a store', async () => {
  const file = files.path();
  writeFileSync(file, '');
  const store = files.store(file);
  expect(await store.append(to('1', 'none'))).toMatchObject({ ok: true });
});

test('the schema itself refuses a second event of one version', async () => {
  const store = files.store();
  await store.append(to('1'));
  const shell = files.shell(store.file);
  const again = `insert into events select position + 1, stream, version, 'other', name, schema_version, payload, metadata, recorded_at, marks from events`;
  expect(() => shell.exec(again)).toThrow(/UNIQUE/);
});

test('each store without a file has events of its own', async () => {
  const [one, other] = [files.store(':memory:'), files.store(':memory:')];
  await one.append(to('1'));
  expect(await everything(one)).toHaveLength(1);
  expect(await everything(other)).toHaveLength(0);
});

test('what it reads comes by an index, in order, without sorting', () => {
  const driver = new RecordingDriver();
  const prepared: string[] = [];
  const open = (file: string) => {
    const connection = driver.open(file);
    const prepare = (sql: string) => {
      prepared.push(sql);
      return connection.prepare(sql);
    };
    return { ...connection, prepare };
  };
  files.store(files.path(), { driver: { name: 'plans', open } });
  const plans = prepared
    .filter(sql => /^(select|update)/.test(sql) && !sql.includes('sqlite_schema'))
    .flatMap(sql =>
      driver.connection.prepare(`explain query plan ${sql}`).all(...Array(sql.split('?').length - 1).fill(1)),
    )
    .map(row => (row as { detail: string }).detail);
  expect(plans.length).toBeGreaterThan(5);
  expect(plans.filter(detail => /TEMP B-TREE|^SCAN (?!CONSTANT|json_each)/.test(detail))).toEqual([]);
});

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sqlite } from '../../src/adapters/sqlite';
import { MIGRATIONS } from '../../src/adapters/sqlite/schema/migrations';
import { EventualityError } from '../../src/messages';
import { happened } from '../support/events';
import { testFiles } from '../support/stores/files';
import { everything } from '../support/stores/whole-stores';
import { testOfClosedFile } from './connection/closed-files';
import { RecordingDriver } from './connection/recording-driver';
import { withoutPrivileges } from './connection/unprivileged';
import { to } from './events';

const files = testFiles();

/** Returns the error of the framework that a call throws or rejects with. */
async function failure(call: () => unknown): Promise<EventualityError & Record<string, unknown>> {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (!EventualityError.is(error)) throw new Error(`no error of the framework: ${error}`);
  return error as EventualityError & Record<string, unknown>;
}

/** A file with one event, closed. */
async function written(file: string): Promise<string> {
  const store = sqlite(file);
  await store.append(to('1'));
  await store.close();
  return file;
}

describe('a locked file', () => {
  test('an append that waits longer than the busy timeout is refused, and the store goes on', async () => {
    const store = files.store(files.path(), { busyTimeout: 150 });
    await store.append(to('1', 'none'));
    const shell = files.shell(store.file);
    shell.exec('begin immediate');
    expect(await failure(() => store.append(to('1')))).toMatchObject({ code: 'SQLITE_FILE_LOCKED', file: store.file });
    shell.exec('rollback');
    expect(await store.append(to('1', 1))).toMatchObject({ ok: true });
  });

  test('an append waits for the lock and then goes through, in its turn; the process goes on, also reading; close waits for it', async () => {
    // What the lock waits for is done by this process: were it kept waiting, the appends would be refused in the end.
    const store = files.store(files.path(), { busyTimeout: 20_000 });
    await store.append(to('2', 'none'));
    const shell = files.shell(store.file);
    shell.exec('begin immediate');
    const appends = [store.append(to('1', 'none')), store.append(to('1', 1))];
    await pause(60);
    expect(await everything(store)).toHaveLength(1);
    appends.push(store.append(to('1', 2)));
    const closed = store.close();
    await pause(20);
    shell.exec('commit');
    await closed;
    expect((await Promise.all(appends)).map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  test('a busy timeout of 0 does not wait at all', async () => {
    const store = files.store(files.path(), { busyTimeout: 0 });
    files.shell(store.file).exec('begin immediate');
    expect(await failure(() => store.append(to('1')))).toMatchObject({ code: 'SQLITE_FILE_LOCKED' });
  });

  testOfClosedFile('opening a file that another program keeps for itself is refused', async () => {
    const file = await written(files.path());
    files.shell(file).exec('pragma locking_mode = exclusive; begin exclusive');
    const error = await failure(() => files.store(file, { busyTimeout: 50 }));
    expect(error).toMatchObject({ code: 'SQLITE_FILE_LOCKED', file });
    expect(error.message).toContain('for 50 ms');
  });
});

describe('a read-only file', () => {
  test.each(['its folder, too', 'its folder not'])('is refused when it is opened (%s)', async which => {
    const file = await written(files.path());
    const folder = which === 'its folder, too' ? 0o555 : 0o777;
    const error = await withoutPrivileges([file, 0o444], [files.folder, folder], () => failure(() => sqlite(file)));
    expect(error).toMatchObject({ code: 'SQLITE_FILE_READ_ONLY', file });
  });

  test('is refused also when it is empty', async () => {
    const file = files.path();
    writeFileSync(file, '');
    const error = await withoutPrivileges([file, 0o444], [files.folder, 0o777], () => failure(() => sqlite(file)));
    expect(error).toMatchObject({ code: 'SQLITE_FILE_READ_ONLY', file });
  });

  test('that must not even be read is refused', async () => {
    const file = await written(files.path());
    const error = await withoutPrivileges([file, 0], [files.folder, 0o777], () => failure(() => sqlite(file)));
    expect(error).toMatchObject({ code: 'SQLITE_FILE_UNAVAILABLE', file });
  });
});

describe('a file that is no event store', () => {
  test('text is refused and left as it is', async () => {
    const file = files.path();
    writeFileSync(file, 'buy milk\n'.repeat(1000));
    const before = readFileSync(file);
    expect(await failure(() => sqlite(file))).toMatchObject({ code: 'SQLITE_FILE_DAMAGED', file });
    expect(readFileSync(file)).toEqual(before);
  });

  test('a database of something else is refused and left as it is', async () => {
    const file = files.path();
    files.shell(file).exec('create table customers (name text)');
    await files.close();
    const before = readFileSync(file);
    expect(await failure(() => sqlite(file))).toMatchObject({ code: 'SQLITE_FILE_FOREIGN', file });
    expect(readFileSync(file)).toEqual(before);
  });

  test('a file of a newer schema is refused and left as it is', async () => {
    const file = await written(files.path());
    files.shell(file).exec('pragma user_version = 99');
    await files.close();
    const before = readFileSync(file);
    expect(await failure(() => sqlite(file))).toMatchObject({
      code: 'SQLITE_FILE_NEWER',
      file,
      found: 99,
      known: MIGRATIONS.length,
    });
    expect(readFileSync(file)).toEqual(before);
  });

  test('a missing folder and a path that is a folder are refused', async () => {
    const folder = join(files.folder, 'folder');
    mkdirSync(folder);
    for (const file of [join(files.folder, 'missing', 'todo.db'), folder]) {
      expect(await failure(() => sqlite(file))).toMatchObject({ code: 'SQLITE_FILE_UNAVAILABLE', file });
    }
  });
});

describe('a damaged file', () => {
  test('is refused when its pages make no sense', async () => {
    const file = await written(files.path());
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xab, 4096));
    const store = (): Promise<unknown> => everything(files.store(file));
    expect(await failure(store)).toMatchObject({ code: 'SQLITE_FILE_DAMAGED', file });
  });

  test('is reported to a reader and to a subscriber that read an event that is not JSON', async () => {
    const store = files.store();
    await store.append(to('1'));
    files.shell(store.file).exec(`update events set payload = '{"half":'`);
    const readers = [() => store.read(to('1')[0]!.stream), () => store.subscribe()[Symbol.asyncIterator]().next()];
    for (const read of readers) {
      const error = await failure(read);
      expect(error).toMatchObject({ code: 'SQLITE_FILE_DAMAGED', file: store.file });
      expect(error.message).toContain('the event at position 1');
    }
  });

  test('that is met while a subscriber waits reaches the subscriber', async () => {
    const file = await written(files.path());
    let broken = false;
    const driver = new RecordingDriver(() => {
      if (broken) throw Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
    });
    const pages = files.store(file, { driver, pollEvery: 5 }).subscribe()[Symbol.asyncIterator]();
    await pages.next();
    const next = failure(() => pages.next());
    broken = true;
    expect(await next).toMatchObject({ code: 'SQLITE_FILE_DAMAGED' });
  });
});

test('a full disk is reported, nothing of the append is written, and the store goes on when there is room', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver });
  await store.append(to('1', 'none'));
  const { page_count: pages } = driver.connection.prepare('pragma page_count').get() as { page_count: number };
  driver.connection.prepare(`pragma max_page_count = ${pages}`).get();
  const large = happened({ text: 'x'.repeat(100_000) });
  const error = await failure(() => store.append(to('1', 1, happened(), large)));
  expect(error).toMatchObject({ code: 'SQLITE_FAILURE', resultCode: 'SQLITE_FULL', file: store.file });
  driver.connection.prepare('pragma max_page_count = 1000000').get();
  expect(await everything(store)).toHaveLength(1);
  expect(await store.append(to('1', 1, large))).toMatchObject({ ok: true });
});

test('a payload or metadata over the cap is refused, with its size and the limit', async () => {
  const store = files.store(files.path(), { maxPayloadBytes: 100 });
  const payload = { text: 'ü'.repeat(50) };
  expect(await failure(() => store.append(to('1', 'any', happened(payload))))).toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    ...{ path: 'Happened', bytes: 111, limit: 100 },
  });
  const metadata = { correlationId: 'c', causationId: 'c', commandName: '', note: 'x'.repeat(100) };
  expect(await failure(() => store.append(to('1', 'any', happened({}, { metadata }))))).toMatchObject({
    path: 'Happened: metadata',
  });
  expect(await everything(store)).toEqual([]);
});

test('a payload of a megabyte is taken, one byte more is not', async () => {
  const store = files.store();
  const ofBytes = (bytes: number) => to('1', 'any', happened({ text: 'x'.repeat(bytes - '{"text":""}'.length) }));
  expect(await store.append(ofBytes(1024 * 1024))).toMatchObject({ ok: true });
  expect(await failure(() => store.append(ofBytes(1024 * 1024 + 1)))).toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
    limit: 1048576,
  });
});

test('what code of the user throws while the store works is reported as itself, and nothing is written', async () => {
  const thrown = new TypeError('the clock has stopped');
  let stopped = false;
  const now = (): number => {
    if (stopped) throw thrown;
    return 1_000_000;
  };
  const store = files.store(files.path(), { clock: { now } });
  await store.append(to('1', 'none'));
  await store.projections.prepare({ name: 'things', version: 1, indexes: ['n'] });
  stopped = true;
  const segment = { projection: 'things', version: 1, segment: 0 };
  const query = {
    get where(): never {
      throw thrown;
    },
  };
  const calls = [
    store.append(to('1', 1)),
    store.append(to('2', 'none')),
    store.projections.leases.claim(segment, { owner: 'one', duration: 1000 }),
    store.projections.find('things', 1, query),
    store.projections.transaction(transaction => transaction.append(to('1', 1))),
    store.snapshots.save({ stream: to('1')[0]!.stream, version: 1, eventId: 'id', schemaVersion: 1, state: '{}' }),
  ];
  for (const call of await Promise.allSettled(calls)) expect(call).toEqual({ status: 'rejected', reason: thrown });
  stopped = false;
  expect(await everything(store)).toHaveLength(1);
  expect(await store.append(to('1', 1))).toMatchObject({ ok: true });
});

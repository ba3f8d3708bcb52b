import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { SqliteAsyncWorkError, type SqliteConnection } from '../../../src/adapters/sqlite';
import type { ProjectionStore, ProjectionTransaction } from '../../../src/store';
import { happened } from '../../support/events';
import { built, Program } from '../../support/programs';
import { testFiles } from '../../support/stores/files';
import { everything } from '../../support/stores/whole-stores';
import { testOfClosedFile } from '../connection/closed-files';
import { RecordingDriver } from '../connection/recording-driver';
import { to } from '../events';
import { appendAndCount, checkpoint, type Inline } from './inline-process';

const files = testFiles();
const inline = built('inline-process', files.folder, __dirname);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const page = (from: bigint, n: number) => ({
  ...{ checkpoint, from, to: from + 1n, writes: [{ readModel: 'counter', version: 1, id: 'all', document: { n } }] },
});

const prepare = (store: ProjectionStore): Promise<void> => store.prepare({ name: 'counter', version: 1, indexes: [] });
const counted = async (store: ProjectionStore): Promise<unknown> => (await store.get('counter', 1, ['all'])).get('all');

/** Holds a transaction open until it is told to end. */
function held(
  store: ProjectionStore,
  work: (transaction: ProjectionTransaction) => Promise<unknown> = async () => undefined,
) {
  let release = (): void => undefined;
  const released = new Promise<void>(resolve => (release = resolve));
  let begun = (): void => undefined;
  const running = new Promise<void>(resolve => (begun = resolve));
  const ended = store.transaction(async transaction => {
    await work(transaction);
    begun();
    await released;
  });
  return { running, release, ended };
}

test('work in a commit gets the connection of the driver, and is kept or taken back with the documents', async () => {
  const store = files.store();
  files.shell(store.file).exec('create table mine (n integer primary key)');
  await prepare(store.projections);
  const insert = (connection: SqliteConnection): void => void connection.prepare('insert into mine values (?)').run(7);
  expect(await store.projections.commit({ ...page(0n, 1), work: [insert] })).toEqual({ ok: true });
  // Of the user's own table: no error of the store's.
  await expect(store.projections.commit({ ...page(1n, 2), work: [insert] })).rejects.toMatchObject({
    message: 'UNIQUE constraint failed: mine.n',
  });
  const busy = Object.assign(new Error('of the user'), { code: 'SQLITE_BUSY' });
  const throws = (connection: SqliteConnection): void => {
    connection.exec('insert into mine values (8)');
    throw busy;
  };
  await expect(store.projections.commit({ ...page(1n, 2), work: [throws] })).rejects.toBe(busy);
  expect(files.shell(store.file).prepare('select n from mine').all()).toEqual([{ n: 7 }]);
  expect([await counted(store.projections), await store.projections.checkpoint(checkpoint)]).toEqual([{ n: 1 }, 1n]);
});

test('work that returns a promise is refused, and taken back', async () => {
  const { projections } = files.store();
  await prepare(projections);
  const later = async (connection: SqliteConnection): Promise<void> => {
    connection.exec('create table mine (n integer)');
    throw new Error('of the promise');
  };
  await expect(projections.commit({ ...page(0n, 1), work: [later] })).rejects.toThrow(SqliteAsyncWorkError);
  const inside = projections.transaction(transaction => transaction.commit({ ...page(0n, 1), work: [later] }));
  await expect(inside).rejects.toThrow(SqliteAsyncWorkError);
  expect([await counted(projections), await projections.checkpoint(checkpoint)]).toEqual([undefined, 0n]);
});

test('what is asked for while a transaction is open waits for its turn, for longer than busyTimeout', async () => {
  const store = files.store(files.path(), { busyTimeout: 0 });
  const { projections } = store;
  await prepare(projections);
  const transaction = held(projections, each => each.append(to('inside')));
  await transaction.running;
  const order: string[] = [];
  const waiting = [
    store.append(to('outside')).then(() => order.push('append')),
    projections.commit(page(0n, 1)).then(() => order.push('commit')),
    projections.leases.claim(checkpoint, { owner: 'me', duration: 1000 }).then(() => order.push('claim')),
    projections.transaction(each => each.append(to('next'))).then(() => order.push('transaction')),
    store.snapshots.delete({ aggregateName: 'Thing', aggregateId: 'outside' }).then(() => order.push('snapshot')),
  ];
  for (const _ of range(5)) await setImmediate();
  expect([order, await everything(store), await counted(projections)]).toEqual([[], [], undefined]);
  transaction.release();
  await transaction.ended;
  await Promise.all(waiting);
  expect([...order].sort()).toEqual(['append', 'claim', 'commit', 'snapshot', 'transaction']);
  expect((await everything(store)).map(({ aggregateId }) => aggregateId).sort()).toEqual(['inside', 'next', 'outside']);
});

test('a stream of transactions does not keep others from writing', async () => {
  const store = files.store(files.path(), { busyTimeout: 0 });
  await prepare(store.projections);
  let done = false;
  let transactions = 0;
  const run = async (): Promise<void> => {
    while (!done) {
      await store.projections.transaction(transaction => appendAndCount(transaction, 'inline'));
      transactions++;
    }
  };
  const running = range(4).map(run);
  for (const n of range(20)) await store.append(to(`${n}`));
  done = true;
  await Promise.all(running);
  await store.projections.transaction(transaction => appendAndCount(transaction, 'last'));
  const events = await everything(store);
  expect(events).toHaveLength(transactions + 21);
  expect(await counted(store.projections)).toEqual({ n: events.length });
});

test('a transaction of another store on the file is waited for, and both count every event once', async () => {
  const one = files.store();
  const other = files.store(one.file);
  await Promise.all([prepare(one.projections), prepare(other.projections)]);
  const transaction = held(one.projections, each => each.append(to('first')));
  await transaction.running;
  const appended = other.append(to('second'));
  expect(await everything(other)).toEqual([]);
  transaction.release();
  await Promise.all([transaction.ended, appended]);
  await Promise.all(
    range(40).map(n => (n % 2 ? one : other).projections.transaction(each => appendAndCount(each, `${n}`))),
  );
  expect((await everything(one)).map(({ aggregateId }) => aggregateId).slice(0, 2)).toEqual(['first', 'second']);
  expect(await counted(other.projections)).toEqual({ n: 42 });
});

test('what fails in the middle takes the whole transaction back, and so does what the work does about it', async () => {
  let failing = false;
  const driver = new RecordingDriver(sql => {
    if (failing && sql.startsWith('insert into documents'))
      throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
  });
  const store = files.store(files.path(), { driver });
  await prepare(store.projections);
  failing = true;
  const transaction = store.projections.transaction(async each => {
    await each.append(to('a'));
    await each.commit(page(0n, 1)).catch(() => undefined);
    await expect(each.append(to('b'))).rejects.toMatchObject({ code: 'SQLITE_FAILURE' });
  });
  await expect(transaction).rejects.toMatchObject({ code: 'SQLITE_FAILURE', resultCode: 'SQLITE_FULL' });
  failing = false;
  expect([await everything(store), await store.projections.checkpoint(checkpoint)]).toEqual([[], 0n]);
  await store.projections.transaction(each => appendAndCount(each, 'c'));
  expect(await counted(store.projections)).toEqual({ n: 1 });
});

test('appends in a transaction have the limits of all appends', async () => {
  const store = files.store(files.path(), { maxPayloadBytes: 100 });
  const large = to('a', 'any', happened({ text: 'x'.repeat(100) }));
  await expect(store.projections.transaction(each => each.append(large))).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
  });
  expect(await store.projections.transaction(each => each.append([]))).toEqual({ ok: true, events: [] });
  expect(await everything(store)).toEqual([]);
});

testOfClosedFile('close() waits for the transactions that were accepted, and refuses others', async () => {
  const store = files.store();
  await prepare(store.projections);
  const transaction = held(store.projections, each => appendAndCount(each, 'a'));
  await transaction.running;
  const next = store.projections.transaction(each => appendAndCount(each, 'b'));
  const closed = store.close();
  await expect(store.projections.transaction(async () => 1)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  transaction.release();
  await Promise.all([transaction.ended, next, closed]);
  const again = files.store(store.file);
  expect([(await everything(again)).length, await counted(again.projections)]).toEqual([2, { n: 2 }]);
  await again.close();
  // The last connection has gone: SQLite has emptied the log and removed it.
  expect(files.shell(store.file).prepare('pragma journal_mode = delete').get()).toEqual({ journal_mode: 'delete' });
});

test('a database without a file has one connection: who reads waits for the transaction', async () => {
  const store = files.store(':memory:');
  await prepare(store.projections);
  const transaction = held(store.projections, each => appendAndCount(each, 'a'));
  await transaction.running;
  let read = false;
  const reading = everything(store).then(events => {
    read = true;
    return events;
  });
  for (const _ of range(5)) await setImmediate();
  expect(read).toBe(false);
  transaction.release();
  expect(await reading).toHaveLength(1);
});

test('three processes, one of them killed: every event is counted once, and none that was acknowledged is lost', async () => {
  const file = files.path();
  const [endless, ...others] = [
    new Program(inline, { file, writers: 4 } satisfies Inline),
    ...range(2).map(() => new Program(inline, { file, writers: 4, total: 100 } satisfies Inline)),
  ];
  while (endless!.lines.length < 30) await setImmediate();
  const acknowledged = [
    ...(await endless!.killed()),
    ...(await Promise.all(others.map(each => each.finished()))).flat(),
  ];
  const store = files.store(file);
  const events = await everything(store);
  expect(events.map(({ position }) => position)).toEqual(range(events.length).map(n => BigInt(n + 1)));
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  const positions = new Set(events.map(({ position }) => `${position}`));
  expect(acknowledged.filter(position => !positions.has(position))).toEqual([]);
  expect([await counted(store.projections), await store.projections.checkpoint(checkpoint)]).toEqual([
    { n: events.length },
    BigInt(events.length),
  ]);
}, 60_000);

test('of two stores on one file one has the segment, until its lease has run out', async () => {
  const one = files.store();
  const second = files.store(one.file);
  await prepare(one.projections);
  const first = await one.projections.leases.claim(checkpoint, { owner: 'one', duration: 60 });
  expect(await second.projections.leases.claim(checkpoint, { owner: 'other', duration: 60 })).toMatchObject({
    ok: false,
    owner: 'one',
  });
  let taken = await second.projections.leases.claim(checkpoint, { owner: 'other', duration: 1000 });
  while (!taken.ok) {
    await sleep(5);
    taken = await second.projections.leases.claim(checkpoint, { owner: 'other', duration: 1000 });
  }
  const [stale, fence] = [first.ok ? first.fence : 0n, taken.fence];
  expect(fence).toBeGreaterThan(stale);
  expect(await one.projections.commit({ ...page(0n, 1), fence: stale })).toEqual({
    ok: false,
    checkpoint: 0n,
    fenced: true,
  });
  expect(await second.projections.commit({ ...page(0n, 2), fence })).toEqual({ ok: true });
});

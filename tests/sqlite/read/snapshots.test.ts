import { Flow } from '../../../src';
import { Account, Deposit, Open } from '../../domain/snapshots';
import { testFiles } from '../../support/stores/files';
import { RecordingDriver } from '../connection/recording-driver';

const files = testFiles();
const stream = { aggregateName: 'Thing', aggregateId: '1' };
const snapshotOf = (version: number) => ({ stream, version, eventId: `${version}`, schemaVersion: 1, state: '{}' });

test('a snapshot does not wait for the disk, and appends do so afterwards as before', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver });
  await store.snapshots.save(snapshotOf(1));
  expect(Object.values(driver.connection.prepare('pragma synchronous').get() as object)).toEqual([2]);
  await store.snapshots.delete(stream);
  expect(Object.values(driver.connection.prepare('pragma synchronous').get() as object)).toEqual([2]);
});

test('a snapshot waits for another process that holds the lock, and does not hold this one up', async () => {
  const store = files.store();
  const shell = files.shell(store.file);
  shell.exec('begin immediate');
  let saved = false;
  const saving = store.snapshots.save(snapshotOf(1)).then(() => (saved = true));
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(saved).toBe(false);
  shell.exec('commit');
  await saving;
  expect(await store.snapshots.load(stream, 1)).toMatchObject(snapshotOf(1));
});

test('a file that stays locked is an error, and later appends are durable as before', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver, busyTimeout: 10 });
  const shell = files.shell(store.file);
  shell.exec('begin immediate');
  await expect(store.snapshots.save(snapshotOf(1))).rejects.toMatchObject({ code: 'SQLITE_FILE_LOCKED' });
  shell.exec('commit');
  expect(Object.values(driver.connection.prepare('pragma synchronous').get() as object)).toEqual([2]);
});

test('two stores on one file share snapshots, and the later version stays', async () => {
  const one = files.store();
  const other = files.store(one.file);
  await Promise.all([one.snapshots.save(snapshotOf(9)), other.snapshots.save(snapshotOf(8))]);
  for (const store of [one, other]) expect(await store.snapshots.load(stream, 1)).toMatchObject(snapshotOf(9));
});

test('after close() they are refused', async () => {
  const store = files.store();
  await store.close();
  await expect(store.snapshots.load(stream, 1)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  await expect(store.snapshots.save(snapshotOf(1))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
});

test('a flow on a file opened again goes on from the snapshot, also after others have written', async () => {
  const store = files.store();
  const first = new Flow({ eventStore: store, aggregates: [Account] });
  await first.dispatch(new Open('a'));
  for (let n = 1; n <= 6; n++) await first.dispatch(new Deposit('a', n));
  await first.close();

  const eventStore = files.store(store.file);
  for (const cache of [false, {}] as const) {
    const second = new Flow({ eventStore, aggregates: [Account], cache });
    await second.dispatch(new Deposit('a', 7));
    const replayed = await new Flow({ eventStore, aggregates: [Account], snapshotStore: false })
      .repository(Account)
      .load('a');
    expect((await second.repository(Account).load('a')).view()).toEqual(replayed.view());
    await second.repository(Account).drain();
  }
});

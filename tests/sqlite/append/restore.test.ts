import { exportEvents, InMemoryEventStore, importEvents } from '../../../src';
import { happened } from '../../support/events';
import { testFiles } from '../../support/stores/files';
import { everything, fill } from '../../support/stores/whole-stores';
import { to } from '../events';

const files = testFiles();

test('a restore waits for the lock, close waits for it, and reading goes on', async () => {
  const source = new InMemoryEventStore();
  await fill(source, 10);
  const events = await everything(source);
  const store = files.store();
  const shell = files.shell(store.file);
  shell.exec('begin immediate');
  const restoring = store.restore(events);
  expect(await store.readAll()).toEqual([]);
  const closed = store.close();
  shell.exec('rollback');
  await closed;
  expect(await restoring).toEqual({ restored: 10, skipped: 0 });
  expect(await everything(files.store(store.file))).toEqual(events);
});

test('a restore that waits for longer than the busy timeout is refused', async () => {
  const source = new InMemoryEventStore();
  await fill(source, 1);
  const store = files.store(files.path(), { busyTimeout: 50 });
  files.shell(store.file).exec('begin immediate');
  await expect(store.restore(await everything(source))).rejects.toMatchObject({ code: 'SQLITE_FILE_LOCKED' });
});

test('two importers at once, on connections of their own, write each event once; appends come behind', async () => {
  const source = new InMemoryEventStore();
  await fill(source, 3000);
  const store = files.store();
  const stores = [store, files.store(store.file)];
  const reports = await Promise.all(stores.map(each => importEvents(each, exportEvents(source))));
  expect(reports[0]!.imported + reports[1]!.imported).toBe(3000);
  expect(await everything(store)).toEqual(await everything(source));
  expect(await stores[1]!.append(to('1', 'none', happened()))).toMatchObject({ events: [{ position: 3001n }] });
});

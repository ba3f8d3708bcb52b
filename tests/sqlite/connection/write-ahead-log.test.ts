import { statSync } from 'node:fs';
import { happened } from '../../support/events';
import { testFiles } from '../../support/stores/files';
import { to } from '../events';

const files = testFiles();
const MEGABYTE = 1024 * 1024;

const logOf = (file: string): number => statSync(`${file}-wal`).size / MEGABYTE;

/** Appends as many megabytes. */
async function append(store: ReturnType<typeof files.store>, megabytes: number): Promise<void> {
  for (let n = 0; n < megabytes; n++)
    await store.append(to(`${n}`, 'any', happened({ text: 'x'.repeat(MEGABYTE - 100) })));
}

test('the write-ahead log shrinks again when a reader that kept it from being emptied has gone', async () => {
  const store = files.store(files.path(), { synchronous: 'normal' });
  await append(store, 5);
  const reader = files.shell(store.file);
  reader.exec('begin');
  reader.prepare('select count(*) from events').get();
  await append(store, 60);
  expect(logOf(store.file)).toBeGreaterThan(50);
  reader.exec('commit');
  for (let n = 0; n < 3; n++) await store.append(to(`after ${n}`));
  expect(logOf(store.file)).toBeLessThanOrEqual(24);
});

test('it stays small while no reader keeps it from being emptied', async () => {
  const store = files.store(files.path(), { synchronous: 'normal' });
  await append(store, 60);
  expect(logOf(store.file)).toBeLessThanOrEqual(24);
});

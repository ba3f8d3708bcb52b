import type { RecordedEvent } from '../../../src/messages';
import type { Subscribing } from '../../faults/appends/subscribing-process';
import type { Writing } from '../../faults/appends/writing-process';
import { built, Program } from '../../support/programs';
import { testFiles } from '../../support/stores/files';
import { everything } from '../../support/stores/whole-stores';
import { to } from '../events';

const WRITERS = 4;
const EACH = 250;

const files = testFiles();
const writing = built('../../faults/appends/writing-process', files.folder, __dirname);
const following = built('../../faults/appends/subscribing-process', files.folder, __dirname);

const writer = (file: string, total: number): Program =>
  new Program(writing, { where: { file }, writers: 8, streams: 5, total } satisfies Writing);

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

function versionsByStream(events: readonly RecordedEvent[]): Record<string, number[]> {
  const versions: Record<string, number[]> = {};
  for (const { aggregateId, version } of events) {
    versions[aggregateId] ??= [];
    versions[aggregateId].push(version);
  }
  return versions;
}

test('four processes write and one follows: nothing is skipped or repeated, and no caller is told that the file is busy', async () => {
  const file = files.path();
  const subscriber = new Program(following, { where: { file }, total: WRITERS * EACH } satisfies Subscribing);
  const writers = range(WRITERS).map(() => writer(file, EACH));
  const acknowledged = (await Promise.all(writers.map(each => each.finished()))).flat();
  const followed = await subscriber.finished();
  const events = await everything(files.store(file));
  expect(followed).toEqual(events.map(({ position, id }) => `${position} ${id}`));
  expect(events.map(({ position }) => position)).toEqual(range(WRITERS * EACH).map(BigInt));
  expect([...acknowledged].sort()).toEqual(events.map(({ id }) => id).sort());
  for (const versions of Object.values(versionsByStream(events))) expect(versions).toEqual(range(versions.length));
}, 60_000);

test('four processes make the same new file at once', async () => {
  for (let round = 0; round < 6; round++) {
    const file = files.path();
    const writers = range(WRITERS).map(() => writer(file, 5));
    expect((await Promise.all(writers.map(each => each.finished()))).flat()).toHaveLength(WRITERS * 5);
  }
}, 60_000);

test('a subscriber learns of what another process appends', async () => {
  const store = files.store(files.path(), { pollEvery: 25 });
  const pages = store.subscribe()[Symbol.asyncIterator]();
  const next = pages.next();
  const other = files.store(store.file);
  await new Promise(resolve => setTimeout(resolve, 60));
  await other.append(to('1'));
  expect((await next).value).toHaveLength(1);
});

test('a file is opened while another connection writes: the lock is not waited for, which others may get again and again', async () => {
  const file = files.path();
  await files.store(file).append(to('1', 'none'));
  const shell = files.shell(file);
  shell.exec('begin immediate');
  const store = files.store(file, { busyTimeout: 100 });
  expect(await everything(store)).toHaveLength(1);
  await expect(store.append(to('1', 'any'))).rejects.toMatchObject({ code: 'SQLITE_FILE_LOCKED' });
  shell.exec('rollback');
  expect(await store.append(to('1', 'any'))).toMatchObject({ ok: true });
});

import type { ProjectionStore } from '../../../src/store';
import { testFiles } from '../../support/stores/files';
import { RecordingDriver } from '../connection/recording-driver';

const files = testFiles();
const things = { name: 'things', version: 1, indexes: ['group', 'rank'] };
const segment = { projection: 'things', version: 1, segment: 0 };
const write = (id: string, document: object | null) => ({ readModel: 'things', version: 1, id, document });
const page = (from: bigint, ...writes: ReturnType<typeof write>[]) => ({
  checkpoint: segment,
  from,
  to: from + 1n,
  writes,
});

test('documents and checkpoints are there when the file is opened again', async () => {
  const store = files.store();
  await store.projections.prepare(things);
  await store.projections.commit(page(0n, write('a', { rank: 1 })));
  await store.projections.activate('things', 1);
  await store.close();
  const { projections } = files.store(store.file);
  expect((await projections.find('things', 1, { where: { rank: 1 } })).items).toEqual([
    { id: 'a', document: { rank: 1 } },
  ]);
  expect([await projections.checkpoint(segment), await projections.active('things')]).toEqual([1n, 1]);
});

test('a commit does not wait for the disk, and appends do so afterwards as before', async () => {
  const driver = new RecordingDriver();
  const store = files.store(files.path(), { driver });
  await store.projections.prepare(things);
  for (const from of [0n, 7n]) await store.projections.commit(page(from, write('a', {})));
  await expect(store.projections.commit(page(1n, write('a', { n: Number.NaN })))).rejects.toMatchObject({
    code: 'UNSTORABLE_VALUE',
  });
  expect(Object.values(driver.connection.prepare('pragma synchronous').get() as object)).toEqual([2]);
});

test('what fails in the middle of a commit leaves neither documents nor checkpoint', async () => {
  let written = 0;
  const driver = new RecordingDriver(sql => {
    if (sql.startsWith('insert into documents') && ++written === 3)
      throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
  });
  const { projections } = files.store(files.path(), { driver });
  await projections.prepare(things);
  await expect(projections.commit(page(0n, write('a', {}), write('b', {}), write('c', {})))).rejects.toMatchObject({
    code: 'SQLITE_FAILURE',
  });
  expect([(await projections.find('things', 1)).items, await projections.checkpoint(segment)]).toEqual([[], 0n]);
  expect(await projections.commit(page(0n, write('a', {})))).toEqual({ ok: true });
});

test('of two stores on one file that run one projection each page gets in once', async () => {
  const one = files.store();
  const other = files.store(one.file);
  await Promise.all([one.projections.prepare(things), other.projections.prepare(things)]);
  let won = 0;
  const follow = async (store: ProjectionStore): Promise<void> => {
    for (let from = 0n; from < 50n; ) {
      const { sum = 0 } = ((await store.get('things', 1, ['sum'])).get('sum') ?? {}) as { sum?: number };
      const outcome = await store.commit(page(from, write('sum', { sum: sum + Number(from) + 1 })));
      if (outcome.ok) won++;
      from = outcome.ok ? from + 1n : outcome.checkpoint;
    }
  };
  await Promise.all([follow(one.projections), follow(other.projections)]);
  expect((await one.projections.get('things', 1, ['sum'])).get('sum')).toEqual({ sum: 1275 });
  expect(won).toBe(50);
});

test('a store notices that another one has dropped a version, and prepared it with other indexes', async () => {
  const one = files.store();
  const other = files.store(one.file);
  await one.projections.prepare(things);
  await other.projections.drop('things', 1);
  await expect(one.projections.find('things', 1)).rejects.toMatchObject({ code: 'UNKNOWN_READ_MODEL' });
  await other.projections.prepare({ ...things, indexes: ['rank'] });
  await one.projections.commit(page(0n, write('a', { rank: 1 })));
  expect((await other.projections.find('things', 1, { where: { rank: 1 } })).items).toHaveLength(1);
});

test('a commit waits for another process that holds the lock, and does not hold this one up', async () => {
  const store = files.store();
  await store.projections.prepare(things);
  const shell = files.shell(store.file);
  shell.exec('begin immediate');
  let committed = false;
  const committing = store.projections.commit(page(0n, write('a', {}))).then(() => (committed = true));
  await new Promise(resolve => setTimeout(resolve, 20));
  expect(committed).toBe(false);
  expect((await store.projections.find('things', 1)).items).toEqual([]);
  shell.exec('commit');
  await committing;
  expect((await store.projections.find('things', 1)).items).toHaveLength(1);
});

test('documents are found by an index, page after page without sorting', async () => {
  const driver = new RecordingDriver();
  const { projections } = files.store(files.path(), { driver });
  await projections.prepare(things);
  await projections.commit(page(0n, ...Array.from({ length: 10 }, (_, n) => write(`${n}`, { group: n % 2, rank: n }))));
  const queries = [
    {},
    { orderBy: 'rank' },
    { where: { rank: 3 } },
    { where: { group: 1 }, limit: 2 },
    { where: { group: [0, 1] }, orderBy: 'group' },
  ];
  for (const query of queries) {
    const { cursor } = await projections.find('things', 1, { limit: 1, ...query });
    if (cursor) await projections.find('things', 1, { limit: 1, ...query, after: cursor });
  }
  const asked = new Set(driver.ran.filter(sql => sql.includes('from documents') && sql.includes('order by')));
  expect(asked.size).toBeGreaterThan(7);
  for (const sql of asked) {
    const plan = driver.connection
      .prepare(`explain query plan ${sql}`)
      .all(...Array(sql.split('?').length - 1).fill('1'));
    const details = plan.map(row => (row as { detail: string }).detail).join('\n');
    expect(details).toMatch(
      /SEARCH documents USING INDEX (sqlite_autoindex_documents_1|documents_key\d) \(read_model=\? AND version=\?/,
    );
    expect(details).not.toContain('TEMP B-TREE');
  }
});

test('after close() they are refused', async () => {
  const store = files.store();
  await store.projections.prepare(things);
  await store.close();
  const { projections } = store;
  const calls = [
    projections.prepare(things),
    projections.find('things', 1),
    projections.checkpoint(segment),
    projections.commit(page(0n)),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'STORE_CLOSED' });
});

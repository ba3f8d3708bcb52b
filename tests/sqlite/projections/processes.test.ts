import { deadline, input, output, PROCESS, whole } from '../../../src/testing/process-store-contract/fixtures';
import { range } from '../../support/events';
import { testFiles } from '../../support/stores/files';
import { RecordingDriver } from '../connection/recording-driver';

const files = testFiles();
const checkpoint = { projection: PROCESS, version: 1, segment: 0 };
const version = { name: PROCESS, version: 1, indexes: [] };
const page = (from: bigint, process: object) => ({ checkpoint, from, to: from + 1n, writes: [], process });

test('a commit with commands to send waits for the disk, and another one does not', async () => {
  const waits: boolean[] = [];
  const driver = new RecordingDriver(sql => {
    if (!/^(insert into|update) process_(inputs|outputs)/.test(sql)) return;
    const [mode] = Object.values(driver.connection.prepare('pragma synchronous').get() as object);
    waits.push(mode === 2);
  });
  const { projections } = files.store(files.path(), { driver });
  await projections.prepare(version);
  await projections.commit(page(0n, { outputs: [output('c')] }));
  await projections.commit(page(1n, { inputs: [input('i')] }));
  await projections.commit(page(2n, { outputs: [output('c', { status: 'done' })] }));
  expect(waits).toEqual([true, false, false]);
});

test('what fails in the middle of a commit leaves nothing of it', async () => {
  let isFull = true;
  const driver = new RecordingDriver(sql => {
    if (isFull && sql.startsWith('insert into process_deadlines'))
      throw Object.assign(new Error('disk full'), { code: 'SQLITE_FULL' });
  });
  const { projections } = files.store(files.path(), { driver });
  const processes = projections.processes!;
  await projections.prepare(version);
  const changes = { inputs: [input('i')], outputs: [output('c')], deadlines: [deadline('k', 1)] };
  await expect(projections.commit(page(0n, changes))).rejects.toMatchObject({ code: 'SQLITE_FAILURE' });
  await expect(processes.schedule('$schedule', changes.deadlines)).rejects.toMatchObject({ code: 'SQLITE_FAILURE' });
  expect([await processes.inputs(PROCESS), await processes.outputs(PROCESS)]).toEqual([[], []]);
  isFull = false;
  expect(await projections.commit(page(0n, changes))).toEqual({ ok: true });
  expect((await processes.due([whole()], 10)).deadlines).toHaveLength(1);
});

test('of two stores on one file each sees what the other has committed and scheduled', async () => {
  const one = files.store();
  const other = files.store(one.file);
  await Promise.all([one, other].map(({ projections }) => projections.prepare(version)));
  for (const from of [0n, 1n, 2n]) {
    const outcomes = await Promise.all(
      [one, other].map(({ projections }, by) =>
        projections.commit(page(from, { outputs: [output(`${from}`, { run: by + 1 })] })),
      ),
    );
    const winner = outcomes.findIndex(({ ok }) => ok) + 1;
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    for (const { projections } of [one, other])
      expect((await projections.processes!.outputs(PROCESS)).at(-1)).toMatchObject({ id: `${from}`, run: winner });
  }
  await one.projections.processes!.schedule('$schedule', [deadline('k', 1)]);
  expect((await other.projections.processes!.due([whole('$schedule')], 1)).deadlines).toHaveLength(1);
  expect(await other.projections.processes!.unschedule('$schedule', 'order-1', 'k')).toBe(true);
  expect(await one.projections.processes!.deadlines('$schedule')).toEqual([]);
});

test('what is due and what is to be sent is found by an index, and comes in its order', async () => {
  const driver = new RecordingDriver();
  const { projections } = files.store(files.path(), { driver });
  const processes = projections.processes!;
  await projections.prepare(version);
  await projections.commit(page(0n, { deadlines: range(1, 20).map(n => deadline(`${n}`, n)) }));
  const segment = { segments: 2, segment: 1 };
  await processes.due([whole()], 10);
  await processes.outputs(PROCESS, { status: 'pending', held: false, segment });
  await processes.outputs(PROCESS, { instance: 'order-1' });
  await processes.inputs(PROCESS, { segment });
  await processes.deadlines(PROCESS, { after: { instance: 'a', key: 'b' } });
  const asked = [...new Set(driver.ran)].filter(sql => /^select .* from process_/s.test(sql));
  const plans = asked.map(sql => {
    const values = [...sql.matchAll(/\?/g)].map(() => null);
    const steps = driver.connection.prepare(`explain query plan ${sql}`).all(...values) as { detail: string }[];
    return Array.from(steps, ({ detail }) => detail);
  });
  expect(asked.length).toBe(6);
  // One step each: nothing is sorted.
  for (const [step, ...others] of plans) {
    expect(step).toMatch(/^SEARCH .* USING INDEX .*\(process=\?/);
    expect(others).toEqual([]);
  }
});

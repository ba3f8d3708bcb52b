import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineProjection, Flow } from 'eventuality';
import { sqlite } from '../../../src/adapters/sqlite';
import { loadDriver } from '../../../src/adapters/sqlite/connection/load-driver';
import { happened } from '../../support/events';
import { until } from '../../support/waiting';
import { to } from '../events';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-tables-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ids = defineProjection<{ ids: string }>({
  name: 'ids',
  on: {
    async Happened({ id }: { id: string }, { documents }) {
      documents.set('all', { ids: `${(await documents.get('all'))?.ids ?? ''}${id}` });
    },
  },
});

test('where the tables of a file are dropped and made again, a process says so once, and begins again', async () => {
  const file = join(folder, 'events.db');
  const store = sqlite(file);
  const told: string[] = [];
  const log = ({ error }: any): void => void told.push(error?.code);
  const flow = new Flow({ eventStore: store, processors: [ids], logger: { error: log, warn: log } });
  const append = async (id: string): Promise<bigint> => {
    const outcome = await store.append(to(id, 'any', happened({ id })));
    return outcome.ok ? outcome.events.at(-1)!.position : 0n;
  };
  for (const id of ['a', 'b']) await flow.waitFor(await append(id));
  const shell = loadDriver().open(file);
  const tables = shell
    .prepare("select name, sql from sqlite_master where sql is not null and name not like 'sqlite%' order by rootpage")
    .all() as { name: string; sql: string }[];
  shell.exec('pragma foreign_keys = off; begin immediate');
  for (const { name, sql } of tables) if (/^create table/i.test(sql)) shell.exec(`drop table ${name}`);
  shell.exec('commit');
  await until(() => told.length > 0, 'the process notices it');
  for (const ask of [() => append('c'), () => store.readAll(), () => flow.readModel(ids).get('all')])
    await expect(ask()).rejects.toMatchObject({ code: 'STORE_GONE', place: file });
  shell.exec('begin immediate');
  for (const { sql } of tables) shell.exec(sql);
  shell.exec('commit');
  shell.close();
  const position = await append('d');
  await flow.waitFor(position);
  expect(await flow.readModel(ids).get('all')).toEqual({ ids: 'd' });
  expect(told).toEqual(['STORE_GONE']);
  await flow.close();
});

test('whichever table is missing, the store says so', async () => {
  const file = join(folder, 'tables.db');
  const store = sqlite(file);
  const { projections, snapshots, commands } = store;
  await store.append(to('1', 'none'));
  await projections.prepare({ name: 'ids', version: 1, indexes: [] });
  const name = { projection: 'ids', version: 1, segment: 0 };
  const asking: Record<string, () => unknown> = {
    events: () => store.readAll(),
    streams: () => store.append(to('2', 'none')),
    snapshots: () => snapshots.load({ aggregateName: 'Todo', aggregateId: '1' }, 1),
    commands: () => commands.claim({ id: 'c', token: 't', fingerprint: 'f', lease: 1000, keep: 1000 }),
    read_models: () => projections.versions('ids'),
    active_models: () => projections.activate('ids', 1),
    documents: () => projections.get('ids', 1, ['1']),
    checkpoints: () => projections.checkpoint(name),
    leases: () => projections.leases.segments('ids', 1),
    members: () => projections.leases.members('ids', 1),
    dead_letters: () => projections.deadLetters.sequences({ projection: 'ids', version: 1 }),
    process_inputs: () => projections.processes!.inputs('ids'),
    process_outputs: () => projections.processes!.outputs('ids'),
    process_deadlines: () => projections.processes!.deadlines('ids'),
  };
  const shell = loadDriver().open(file);
  const tables = shell.prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite%'").all();
  expect((tables as { name: string }[]).map(each => each.name).sort()).toEqual(Object.keys(asking).sort());
  shell.exec('pragma foreign_keys = off');
  for (const [table, ask] of Object.entries(asking)) {
    shell.exec(`alter table ${table} rename to gone`);
    const error = await Promise.resolve(ask()).catch((thrown: unknown) => thrown);
    expect([table, error]).toEqual([table, expect.objectContaining({ code: 'STORE_GONE', place: file })]);
    shell.exec(`alter table gone rename to ${table}`);
  }
  shell.close();
  await store.close();
});

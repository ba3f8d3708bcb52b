import { Client } from 'pg';
import { Flow } from '../../../src/flow';
import { defineProcess } from '../../../src/processing';
import { processStoreContract, VirtualClock } from '../../../src/testing';
import { deadline, input, output, PROCESS, whole } from '../../../src/testing/process-store-contract/fixtures';
import { happened, range, to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { partOptions } from '../../support/stores/part-options';
import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const { events: _, ...options } = partOptions(
  store => store.projections,
  () => schema.openApart({ maxConnections: 4 }),
  schema.openAgain,
);
const contract = processStoreContract(options);

test.each(contract.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(), 20_000);

const checkpoint = { projection: PROCESS, version: 1, segment: 0 };
const version = { name: PROCESS, version: 1, indexes: [] };
const page = (from: bigint, process: object) => ({ checkpoint, from, to: from + 1n, writes: [], process });
const SEGMENTS = range(0, 7).map(segment => ({ process: PROCESS, segments: 8, segment }));

test('a commit with changes of a process is one question, and what is due in many segments, too', async () => {
  const asked: string[] = [];
  class ListeningClient extends Client {
    override query(...given: any[]): any {
      asked.push(given[0].text ?? given[0]);
      return super.query(...(given as [string]));
    }
  }
  const { projections } = schema.open({ tablePrefix: 'asking_', pool: schema.pool({ Client: ListeningClient }) });
  await projections.prepare(version);
  await projections.commit(page(0n, {}));
  asked.length = 0;
  const changes = {
    ...{ ends: ['order-2'], inputs: [input('i')], outputs: [output('c')], deadlines: [deadline('k', 1)] },
    ...{ clear: [{ instance: 'order-1', key: 'l' }], hold: [{ instance: 'order-3', held: true }], forget: ['order-4'] },
  };
  expect(await projections.commit(page(1n, changes))).toEqual({ ok: true });
  expect(asked).toHaveLength(1);
  expect((await projections.processes!.due([...SEGMENTS, whole('other')], 10)).deadlines).toHaveLength(1);
  expect(asked).toHaveLength(2);
});

/** How many blocks of the tables and indexes a query looks at. */
async function blocks(query: string, values: readonly unknown[] = []): Promise<number> {
  const [row] = await schema.sql(`explain (analyze, buffers, format json) ${query}`, [...values]);
  const { Plan } = row!['QUERY PLAN'][0];
  return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks'];
}

test('what is due costs the same, however much is pending', async () => {
  const counts = { few_: 100, many_: 30_000 };
  const found: number[] = [];
  for (const [tablePrefix, pending] of Object.entries(counts)) {
    const { projections } = schema.open({ tablePrefix });
    await projections.processes!.schedule(PROCESS, [deadline('due', 1)]);
    await schema.sql(`insert into "${schema.name}".${tablePrefix}process_deadlines (process, instance, key, hash, id, run, due_at)
      select '${PROCESS}', 'order-' || n, 'payment', n, 'id-' || n, 1, 8000000000000 + n from generate_series(1, ${pending}) n`);
    const due = `select * from "${schema.name}".${tablePrefix}process_due($1::text[], $2::integer[], $3::integer[], 100) d`;
    const values = [SEGMENTS.map(() => PROCESS), SEGMENTS.map(() => 8), SEGMENTS.map(({ segment }) => segment)];
    // Twice: the first time the plans are made.
    await blocks(due, values);
    found.push(await blocks(due, values));
  }
  // Of each segment's look, and of that for the next one, at most a level of the index more.
  expect(found[1]! - found[0]!).toBeLessThanOrEqual(SEGMENTS.length + 1);
}, 30_000);

test('instances that ended long ago are found without reading those that run', async () => {
  const { pool, asked } = schema.recordingPool();
  const store = schema.open({ pool, tablePrefix: 'ending_' });
  const clock = new VirtualClock();
  const process = defineProcess({
    ...{ name: PROCESS, keep: '1d', state: {}, correlate: ({ aggregateId }) => aggregateId },
    ...{ starts: { Placed: () => undefined }, ends: ['Cancelled'] },
  });
  const flow = new Flow({ eventStore: store, processors: [process], logger: SILENT, clock });
  await flow.processors.ready();
  await store.append([to('order-1', 'none', happened({}, { name: 'Placed' }), happened({}, { name: 'Cancelled' }))]);
  await flow.processors.settled({ timeout: 30_000 });
  const ended = async () => (await store.projections.get(`${PROCESS}/instances`, 1, ['order-1'])).get('order-1');
  expect(await ended()).toMatchObject({ status: 'ended' });
  await schema.sql(`insert into "${schema.name}".ending_documents (read_model, version, id, document, key1, key2, key3)
    select read_model, version, 'running-' || n, (document::jsonb - 'endedAt') || '{"status":"running"}', '4running', key2, key3
    from "${schema.name}".ending_documents, generate_series(1, 20000) n where read_model = '${PROCESS}/instances'`);
  asked.length = 0;
  clock.advanceBy(2 * 86_400_000);
  await until(async () => (await ended()) === undefined, 'it is forgotten');
  const { text, values } = asked.find(each => /select .*_documents.* order by key/s.test(each.text))!;
  expect(await blocks(text, values)).toBeLessThan(50);
  await flow.close();
}, 60_000);

test('pages cost what is on them, whatever PostgreSQL knows of the tables', async () => {
  const { projections } = schema.open({ tablePrefix: 'sending_' });
  await projections.prepare(version);
  const [inputs, outputs] = ['inputs', 'outputs'].map(rows => `"${schema.name}".sending_process_${rows}`);
  const insert = (from: number, to: number, status: string): string =>
    `insert into ${outputs} (process, id, instance, hash, run, input, content, status, at)
     select '${PROCESS}', 'c' || n, 'order-' || n % 2000, n, 1, 'i', '{}', '${status}', now() from generate_series(${from}, ${to}) n`;
  // All are pending, and few, by what it knows.
  await schema.sql(insert(1, 100, 'pending'));
  await schema.sql(`analyze ${outputs}`);
  await schema.sql(`update ${outputs} set status = 'done'`);
  await schema.sql(insert(101, 20_000, 'done'));
  await schema.sql(insert(20_001, 20_010, 'pending'));
  await schema.sql(`insert into ${inputs} (process, id, instance, hash, run, kind, status, at)
    select case when n % 2000 = 0 then '${PROCESS}' else 'other' end, n, n % 2000, n, 1, 'deadline', 'handled', now() from generate_series(1, 20000) n`);
  const cost = async (rows: string, given: string): Promise<number> => {
    const query = `select * from "${schema.name}".sending_${rows}_page('${PROCESS}', ${given}) r`;
    await blocks(query);
    return blocks(query);
  };
  const costs = {
    toSend: await cost('outputs', `null, 2, 1, 'pending', false, 0, 100`),
    ofAnInstance: await cost('outputs', `'order-7', null, null, null, null, 0, 100`),
    sentOfAnInstance: await cost('outputs', `'order-7', null, null, 'done', false, 0, 100`),
    firstOutputs: await cost('outputs', 'null, 2, 1, null, null, 0, 20'),
    lastOutputs: await cost('outputs', 'null, 2, 1, null, null, 20000, 20'),
    inputs: await cost('inputs', 'null, null, null, null, 0, 100'),
  };
  for (const [page, found] of Object.entries(costs)) expect([page, found < 100]).toEqual([page, true]);
  const segment = { segments: 2, segment: 1 };
  expect(await projections.processes!.outputs(PROCESS, { status: 'pending', held: false, segment })).toHaveLength(5);
  expect(await projections.processes!.inputs(PROCESS)).toHaveLength(10);
});

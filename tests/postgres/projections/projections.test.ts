import { projectionStatements } from '../../../src/adapters/postgres/projections/projection-statements';
import { StoreNames } from '../../../src/adapters/postgres/schema/names';
import type { ProjectionStore } from '../../../src/store';
import { projectionStoreContract } from '../../../src/testing';
import { partOptions } from '../../support/stores/part-options';
import { TestSchema } from '../../support/stores/schema';

const schema = new TestSchema(__filename);
const options = partOptions(
  store => store.projections,
  () => schema.openApart({ maxConnections: 4 }),
  schema.openAgain,
);
const contract = projectionStoreContract(options);

test.each(contract.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(), 20_000);

const things = { name: 'things', version: 1, indexes: ['group', 'rank'] };
const segment = { projection: 'things', version: 1, segment: 0 };
const write = (id: string, document: object | null) => ({ readModel: 'things', version: 1, id, document });

test('of two stores that run one projection each page gets in once', async () => {
  const [one, other] = [1, 2].map(() => schema.open({ tablePrefix: 'racing_' }).projections);
  await Promise.all([one!.prepare(things), other!.prepare(things)]);
  let won = 0;
  const follow = async (store: ProjectionStore): Promise<void> => {
    for (let from = 0n; from < 50n; ) {
      const { sum = 0 } = ((await store.get('things', 1, ['sum'])).get('sum') ?? {}) as { sum?: number };
      const writes = [write('sum', { sum: sum + Number(from) + 1 }), write(`page-${from}`, {})];
      const outcome = await store.commit({ checkpoint: segment, from, to: from + 1n, writes });
      if (outcome.ok) won++;
      from = outcome.ok ? from + 1n : outcome.checkpoint;
    }
  };
  await Promise.all([follow(one!), follow(other!)]);
  expect((await one!.get('things', 1, ['sum'])).get('sum')).toEqual({ sum: 1275 });
  expect(won).toBe(50);
});

test('a segment changes hands before a commit of its owner or after it, not in the middle', async () => {
  const [one, other] = [1, 2].map(() => schema.open({ tablePrefix: 'handing_' }).projections);
  await one!.prepare(things);
  const lease = await one!.leases.claim(segment, { owner: 'one', duration: 1 });
  const fence = lease.ok ? lease.fence : 0n;
  let begun = (): void => undefined;
  let finish = (): void => undefined;
  const isBegun = new Promise<void>(resolve => (begun = resolve));
  const mayFinish = new Promise<void>(resolve => (finish = resolve));
  const order: string[] = [];
  const committed = one!.transaction(async transaction => {
    const outcome = await transaction.commit({
      checkpoint: segment,
      from: 0n,
      to: 0n,
      writes: [write('sum', { sum: 1 })],
      fence,
    });
    begun();
    await mayFinish;
    order.push('committed');
    return outcome;
  });
  await isBegun;
  const claimed = other!.leases.claim(segment, { owner: 'other', duration: 1000 }).then(outcome => {
    order.push('claimed');
    return outcome;
  });
  await new Promise(resolve => setTimeout(resolve, 200));
  finish();
  expect(await committed).toEqual({ ok: true });
  expect(await claimed).toMatchObject({ ok: true, fence: fence + 1n });
  expect(order).toEqual(['committed', 'claimed']);
  expect(await one!.commit({ checkpoint: segment, from: 0n, to: 0n, writes: [], fence })).toMatchObject({
    ok: false,
    fenced: true,
  });
});

test('a store notices that another one has dropped a version, and prepared it with other indexes', async () => {
  const [one, other] = [1, 2].map(() => schema.open({ tablePrefix: 'stale_' }).projections);
  await one!.prepare(things);
  await one!.commit({ checkpoint: segment, from: 0n, to: 1n, writes: [write('a', { rank: 1 })] });
  expect((await one!.find('things', 1, { where: { rank: 1 } })).items).toHaveLength(1);
  await other!.drop('things', 1);
  await expect(one!.find('things', 1)).rejects.toMatchObject({ code: 'UNKNOWN_READ_MODEL' });
  await one!.prepare(things);
  await other!.drop('things', 1);
  await other!.prepare({ ...things, indexes: ['rank'] });
  expect(await one!.commit({ checkpoint: segment, from: 0n, to: 1n, writes: [write('a', { rank: 1 })] })).toEqual({
    ok: true,
  });
  for (const store of [one!, other!])
    expect((await store.find('things', 1, { where: { rank: 1 } })).items).toHaveLength(1);
  await other!.drop('things', 1);
  await other!.prepare(things);
  await other!.commit({ checkpoint: segment, from: 0n, to: 1n, writes: [write('b', { rank: 2, group: 1 })] });
  expect((await one!.find('things', 1, { where: { rank: 2 }, orderBy: 'group' })).items).toHaveLength(1);
});

test('documents are found, deleted and dropped by an index, page after page without sorting', async () => {
  const { projections } = schema.open({ tablePrefix: 'plans_' });
  await projections.prepare(things);
  const writes = Array.from({ length: 20_000 }, (_, n) => write(`${n}`, { group: n % 2 === 0, rank: n }));
  await projections.commit({ checkpoint: segment, from: 0n, to: 1n, writes });
  await schema.sql(`analyze "${schema.name}".plans_documents`);
  const table = `"${schema.name}".plans_documents where read_model = 'things' and version = 1`;
  const plan = async (text: string, values: unknown[] = []): Promise<string> =>
    (await schema.sql(`explain ${text}`, values)).map(row => row['QUERY PLAN']).join('\n');
  const found = await plan(
    `select id from ${table} and key2 is not null and (key2, id) > ('3', 'x') order by key2, id limit 100`,
  );
  expect(found).toContain('documents_key2');
  expect(found).not.toMatch(/Seq Scan|Sort/);
  const { nextCommit } = projectionStatements(new StoreNames(schema.name, 'plans_'));
  const nothing: unknown[] = [[], [], '[]'];
  const values = [
    ['things'],
    [1],
    ['["group","rank"]'],
    'things',
    1,
    0,
    1n,
    2n,
    ...nothing,
    ...Array(9).fill(null),
    [1, 1],
    ['7', '8'],
  ];
  const committed = await plan(nextCommit({ deletes: true, reads: false, process: false }).text, values);
  // By the whole key: PostgreSQL 18 looks for all ids at once, 15 for one after the other.
  expect(committed).toMatch(
    /documents_key on plans_documents d .*\n.*Index Cond: .*read_model = .*version = .*\bid = /,
  );
  expect(committed).not.toMatch(/Seq Scan/);
});

test('documents are read by id with one look for each, also with the plan that is kept', async () => {
  const { projections } = schema.open({ tablePrefix: 'reading_' });
  await projections.prepare(things);
  const writes = Array.from({ length: 5000 }, (_, n) => write(`${n}`, { rank: n }));
  await projections.commit({ checkpoint: segment, from: 0n, to: 1n, writes });
  const { get } = projectionStatements(new StoreNames(schema.name, 'reading_'));
  const client = await schema.client();
  await client.query('set plan_cache_mode = force_generic_plan');
  await client.query(`prepare getting (text, integer, text[]) as ${get.text}`);
  const { rows } = await client.query(`explain execute getting ('things', 1, '{7,8}')`);
  const plan = rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n');
  expect(plan).toMatch(
    /documents_key on reading_documents.*\n.*Index Cond: .*read_model = .*version = .*id = wanted.id/,
  );
});

test('the documents are jsonb, for SQL of your own', async () => {
  const { projections } = schema.open({ tablePrefix: 'sql_' });
  await projections.prepare(things);
  await projections.commit({
    checkpoint: segment,
    from: 0n,
    to: 1n,
    writes: [write('a', { rank: 1 }), write('b', { rank: 2 })],
  });
  const rows = await schema.sql(`select id from "${schema.name}".sql_documents where document @> '{"rank":2}'`);
  expect(rows).toEqual([{ id: 'b' }]);
});

test('after close() they are refused, and close() waits for those accepted', async () => {
  const store = schema.open({ tablePrefix: 'closing_' });
  const preparing = store.projections.prepare(things);
  await preparing;
  const committing = store.projections.commit({ checkpoint: segment, from: 0n, to: 1n, writes: [write('a', {})] });
  await store.close();
  expect(await committing).toEqual({ ok: true });
  await expect(store.projections.checkpoint(segment)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  await expect(store.projections.find('things', 1)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
});

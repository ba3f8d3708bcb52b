import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const COUNT = 500;

/** How many documents were updated, and how many of these without touching an index, as of now. */
const updates = async (): Promise<{ all: number; heapOnly: number }> => {
  const [row] = await schema.sql(
    `select n_tup_upd::integer as all, n_tup_hot_upd::integer as "heapOnly" from pg_stat_user_tables
     where schemaname = $1 and relname = 'eventuality_documents'`,
    [schema.name],
  );
  return row;
};

// Nothing needs to be cleaned up for it, so no transaction of another test matters: all documents are written once, and
// then once more.
test('a document whose indexed fields stay is updated without touching an index, also where a commit writes all of them', async () => {
  const write = async (count: number, group: (n: number) => string): Promise<void> => {
    const { projections, ...store } = opened();
    const writes = Array.from({ length: COUNT }, (_, n) => ({
      ...{ readModel: 'things', version: 1, id: `thing-${n}` },
      document: { group: group(n), owner: null, count, text: 'x'.repeat(100) },
    }));
    await projections.prepare({ name: 'things', version: 1, indexes: ['group', 'owner'] });
    const checkpoint = { projection: 'things', version: 1, segment: 0 };
    const outcome = await projections.commit({ checkpoint, from: BigInt(count - 1), to: BigInt(count), writes });
    expect(outcome.ok).toBe(true);
    // A connection tells what it has done when it ends.
    await store.close();
  };
  await write(1, n => `group ${n % 7}`);
  await write(2, n => `group ${n % 7}`);
  await until(async () => (await updates()).all === COUNT);
  expect(await updates()).toEqual({ all: COUNT, heapOnly: COUNT });
  // The control: other values in an index.
  await write(3, n => `group ${n % 5}`);
  await until(async () => (await updates()).all === 2 * COUNT);
  expect((await updates()).heapOnly).toBeLessThan(COUNT + COUNT / 2);
});

function opened() {
  const store = schema.open();
  return { projections: store.projections, close: () => store.close() };
}

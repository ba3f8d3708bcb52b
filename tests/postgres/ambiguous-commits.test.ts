import type { PostgresEventStore } from '../../src/postgres';
import { CuttingProxy } from './cutting-proxy';
import { pause, range, TestSchema, to, url } from './database';

const schema = new TestSchema(__filename);
const PROCESS = 'ambiguous';

const proxy = new CuttingProxy(url);
beforeAll(() => proxy.start());
afterAll(() => proxy.stop());

/** Ends the connections of the store under test, as an administrator or a fail-over does. Returns how many. */
async function terminate(): Promise<number> {
  const ended = await schema.sql('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [PROCESS]);
  return ended.length;
}

/** Lets 16 writers write, one event after the other, until it is enough. Returns how many were written. */
async function writeUntil(isEnough: () => boolean, write: (writer: number, n: number) => Promise<unknown>): Promise<number> {
  let written = 0;
  const writing = range(1, 16).map(async writer => {
    for (let n = 1; !isEnough(); n++, written++) await write(writer, n);
  });
  await Promise.all(writing);
  return written;
}

const duplicated = async (prefix: string): Promise<number> =>
  (await schema.sql(`select payload from "${schema.name}".${prefix}events group by payload having count(*) > 1`)).length;

const stored = async (prefix: string): Promise<number> =>
  (await schema.sql(`select count(*)::int as count from "${schema.name}".${prefix}events`))[0].count;

const openCut = (tablePrefix: string, retryFor: number): PostgresEventStore =>
  schema.open({ connectionString: proxy.url(PROCESS), tablePrefix, retryFor });

test('stores nothing twice and loses nothing when replies are lost', async () => {
  const store = openCut('cut_', 20_000);
  await store.ready();
  proxy.cutting = 0.1;
  const written = await writeUntil(
    () => proxy.cuts >= 15,
    (writer, n) => store.append([to(`s${writer}`, n - 1, { name: 'N', payload: { writer, n } })]),
  );
  proxy.cutting = 0;
  expect(await duplicated('cut_')).toBe(0);
  expect(await stored('cut_')).toBe(written);
}, 60_000);

test('stores nothing twice and loses nothing when backends are terminated', async () => {
  const store = openCut('terminated_', 20_000);
  await store.ready();
  let ended = 0;
  let over = false;
  const terminating = (async () => {
    for (; !over; await pause(20)) ended += await terminate();
  })();
  const written = await writeUntil(
    () => ended >= 30,
    async (writer, n) => {
      const outcome = await store.append([to(`s${writer}`, n - 1, { name: 'N', payload: { writer, n } })]);
      expect(outcome).toMatchObject({ ok: true, events: [{ version: n, payload: { writer, n } }] });
    },
  );
  over = true;
  await terminating;
  expect(await duplicated('terminated_')).toBe(0);
  expect(await stored('terminated_')).toBe(written);
}, 60_000);

test('a caller that tries again with new ids stores twice', async () => {
  const store = openCut('naive_', 0);
  await store.ready();
  const before = proxy.cuts;
  proxy.cutting = 0.2;
  await writeUntil(
    () => proxy.cuts >= before + 20,
    async (writer, n) => {
      const append = (): Promise<unknown> => store.append([to(`s${writer}`, 'any', { name: 'N', payload: { writer, n } })]);
      for (let done = false; !done; )
        done = await append()
          .then(() => true)
          .catch(() => false);
    },
  );
  proxy.cutting = 0;
  expect(await duplicated('naive_')).toBeGreaterThan(0);
}, 60_000);

test('pages of a projection take effect once when replies are lost', async () => {
  const store = openCut('pages_', 20_000);
  const { projections } = store;
  await projections.prepare({ name: 'sums', version: 1, indexes: ['sum'] });
  const cutsBefore = proxy.cuts;
  proxy.cutting = 0.1;
  const checkpoint = { projection: 'sums', version: 1, segment: 0 };
  let own = 0;
  let from = 0n;
  while (proxy.cuts < cutsBefore + 10 || from < 100n) {
    const { sum = 0 } = ((await projections.get('sums', 1, ['all'])).get('all') ?? {}) as { sum?: number };
    const writes = [{ readModel: 'sums', version: 1, id: 'all', document: { sum: sum + Number(from) + 1 } }];
    const outcome = await projections.commit({ checkpoint, from, to: from + 1n, writes });
    // Nobody else commits: where it finds the checkpoint moved, it was its own commit whose reply was lost.
    if (!outcome.ok) expect(outcome.checkpoint).toBe(from + 1n);
    if (!outcome.ok) own++;
    from++;
  }
  proxy.cutting = 0;
  const last = Number(from);
  expect((await projections.find('sums', 1, { where: { sum: (last * (last + 1)) / 2 } })).items).toHaveLength(1);
  expect(await projections.checkpoint(checkpoint)).toBe(from);
  expect(own).toBeGreaterThan(0);
}, 60_000);

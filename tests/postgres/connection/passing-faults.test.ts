import { defineProjection, Flow, Query, type ReadModel } from 'eventuality';
import type { PostgresEventStore } from '../../../src/adapters/postgres';
import { following, to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { TestSchema } from '../../support/stores/schema';
import { pause, until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const SOON = 1500;

class Count extends Query<number | undefined> {}

const counts = (name: string, mode: 'async' | 'live') =>
  defineProjection({
    ...{ name, mode },
    on: {
      async Happened(_payload: unknown, { documents, event }) {
        const { n } = ((await documents.get(event.aggregateId)) ?? { n: 0 }) as { n: number };
        documents.set(event.aggregateId, { n: n + 1 });
      },
    },
  });

/** Takes a function away that subscribers need, until `mend` gives it back. */
async function broken(prefix: string): Promise<{ mend: () => Promise<unknown> }> {
  const name = `"${schema.name}".${prefix}horizon`;
  await schema.sql(`alter function ${name}() rename to ${prefix}away`);
  return { mend: () => schema.sql(`alter function "${schema.name}".${prefix}away() rename to ${prefix}horizon`) };
}

/** Waits until a subscriber and the ticker, which asks every 20 ms, have met the fault. */
async function met(store: PostgresEventStore): Promise<void> {
  const pages = store.subscribe()[Symbol.asyncIterator]();
  await expect(pages.next()).rejects.toMatchObject({ code: 'STORE_GONE' });
  await pause(100);
}

test('a fault that has passed is forgotten, also beside a subscription that is not read', async () => {
  const store = schema.open({ tablePrefix: 'passed_' });
  await store.append([to('a', 'none')]);
  store.subscribe();
  const fault = await broken('passed_');
  await met(store);
  await fault.mend();
  const seen = following(store);
  await until(() => seen.length === 1, 'a new subscription is given the event', SOON);
});

test('a projection and a live query go on soon after a fault that lasted', async () => {
  const store = schema.open({ tablePrefix: 'lasting_' });
  let asked = 0;
  const live = (): ReadModel<{ n: number }> => flow.readModel('live-counts');
  const flow: Flow = new Flow({
    eventStore: store,
    processors: [counts('counts', 'async'), counts('live-counts', 'live')],
    queryHandlers: { Count: async (): Promise<number | undefined> => ++asked && (await live().get('a'))?.n },
    logger: SILENT,
  });
  await store.append([to('a', 'none')]);
  await flow.waitFor(1n);
  store.subscribe();
  const fault = await broken('lasting_');
  await met(store);
  await expect(flow.processors.of('counts').status()).rejects.toMatchObject({ code: 'STORE_GONE' });
  await pause(1500);
  await fault.mend();
  const outcome = await store.append([to('a', 'any')]);
  await flow.waitFor(outcome.ok ? outcome.events[0]!.position : 0n, { timeout: SOON });
  const results: unknown[] = [];
  const watching = new AbortController();
  const watched = (async () => {
    for await (const result of flow.watch(new Count(), { signal: watching.signal })) results.push(result);
  })();
  await until(() => results.at(-1) === 2, 'the live query answers', SOON);
  asked = 0;
  await pause(300);
  expect(asked).toBeLessThanOrEqual(3);
  await store.append([to('a', 'any')]);
  await until(() => results.at(-1) === 3, 'the live query goes on', SOON);
  watching.abort();
  await watched;
  await flow.close();
});

test('a statement that was cancelled does not end a subscription', async () => {
  const store = schema.open({ tablePrefix: 'cancelled_' });
  await store.append([to('a', 'none')]);
  const client = await schema.client();
  const asking = `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%${schema.name}%cancelled_read_all%'`;
  // While the sequence is being altered those who read the log wait.
  await client.query(`begin; alter sequence "${schema.name}".cancelled_positions rename to cancelled_renamed`);
  const seen = following(store);
  await until(async () => (await schema.sql(asking)).length > 0, 'the subscription waits');
  await schema.sql(`select pg_cancel_backend(pid) from (${asking}) waiting`);
  await client.query('rollback');
  await until(() => seen.length === 1, 'the event after the statement was cancelled', SOON);
});

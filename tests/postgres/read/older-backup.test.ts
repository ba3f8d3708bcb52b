import { defineProjection, Flow } from 'eventuality';
import type { PostgresEventStore } from '../../../src/adapters/postgres';
import type { RecordedEvent } from '../../../src/messages';
import { happened, range, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);
const TABLES = ['events', 'streams', 'documents', 'checkpoints', 'read_models', 'dead_letters'];

/** Copies all that a store has; `restore` puts it back in one step, with the sequence, while processes run. */
async function backUp(prefix: string, then = ''): Promise<{ restore(): Promise<unknown> }> {
  const table = (name: string): string => `"${schema.name}".${prefix}${name}`;
  const copies = TABLES.map(name => `create table ${table(`copy_of_${name}`)} as table ${table(name)}`);
  await schema.sql(copies.join(';'));
  const [{ last_value: last }] = await schema.sql(`select last_value from ${table('positions')}`);
  const back = TABLES.map(
    name => `delete from ${table(name)}; insert into ${table(name)} select * from ${table(`copy_of_${name}`)};`,
  );
  return {
    restore: () =>
      schema.sql(`begin; ${back.join(' ')} select setval('${table('positions')}', ${last}); ${then} commit`),
  };
}

const append = async (store: PostgresEventStore, id: string): Promise<bigint> => {
  const outcome = await store.append([to(id, 'any', happened({ id }))]);
  return outcome.ok ? outcome.events.at(-1)!.position : 0n;
};

const counts = defineProjection<{ ids: string }>({
  name: 'ids',
  on: {
    async Happened({ id }: { id: string }, { documents }) {
      documents.set('all', { ids: `${(await documents.get('all'))?.ids ?? ''}${id}` });
    },
  },
});

/** A process that follows, with what it has logged. */
function follow(store: PostgresEventStore) {
  const logged: unknown[] = [];
  const log = (details: object): void => void logged.push(details);
  const flow = new Flow({ eventStore: store, processors: [counts], logger: { error: log, warn: log } });
  return { flow, logged, ids: async () => (await flow.readModel<{ ids: string }>('ids').get('all'))?.ids };
}

test('a process under which an older backup is put in place notices it, says so, and goes on from there', async () => {
  const store = schema.open({ tablePrefix: 'back_' });
  const { flow, logged, ids } = follow(store);
  await flow.waitFor(await append(store, 'a'));
  await until(async () => (await flow.processors.of('ids').status()).position === 1n, 'the checkpoint');
  const backup = await backUp('back_');
  for (const id of ['b', 'c', 'd']) await flow.waitFor(await append(store, id));
  expect([await ids(), (await flow.processors.of('ids').status()).head]).toEqual(['abcd', 4n]);
  await backup.restore();
  await until(
    () =>
      JSON.stringify(logged, (_, value) => (typeof value === 'bigint' ? `${value}` : value)).includes(
        'HISTORY_REPLACED',
      ),
    'it is logged',
    1500,
  );
  await until(
    async () => (await flow.processors.of('ids').status()).position === 1n,
    'it stands where the backup does',
    2000,
  );
  expect([await ids(), (await flow.processors.of('ids').status()).head]).toEqual(['a', 1n]);
  await expect(flow.waitFor(2n, { timeout: 300 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  const position = await append(store, 'e');
  expect(position).toBe(2n);
  await flow.waitFor(position);
  expect(await ids()).toBe('ae');
  await flow.close();
});

test('also where there are more events than before when it looks', async () => {
  const table = (name: string): string => `"${schema.name}".more_${name}`;
  const more = range(1, 10).map(
    n => `insert into ${table('events')} select nextval('${table('positions')}'), 'Todo', 'new', ${n}, gen_random_uuid(), 'Happened', 1,
      '{"id":"${n % 10}"}', metadata, recorded_at from ${table('copy_of_events')} limit 1;`,
  );
  const store = schema.open({ tablePrefix: 'more_' });
  const { flow, ids } = follow(store);
  await flow.waitFor(await append(store, 'a'));
  await until(async () => (await flow.processors.of('ids').status()).position === 1n, 'the checkpoint');
  const backup = await backUp('more_', more.join(' '));
  for (const id of ['b', 'c', 'd']) await flow.waitFor(await append(store, id));
  await backup.restore();
  await until(
    async () => (await ids()) === 'a1234567890',
    'everything that is stored is handled, and nothing else',
    3000,
  );
  await flow.close();
});

test('a subscription ends with an error, and a new one is given what is there', async () => {
  const store = schema.open({ tablePrefix: 'subscribed_' });
  await append(store, 'a');
  const backup = await backUp('subscribed_');
  await append(store, 'b');
  const pages = store.subscribe()[Symbol.asyncIterator]();
  expect((await pages.next()).value).toHaveLength(2);
  const next = pages.next();
  await backup.restore();
  await expect(next).rejects.toMatchObject({ code: 'HISTORY_REPLACED', position: 2n });
  const anew = await store.subscribe()[Symbol.asyncIterator]().next();
  expect(anew.value?.map((event: RecordedEvent) => event.aggregateId)).toEqual(['a']);
});

test('open transactions and rolled back ones are no reason to believe that events were replaced', async () => {
  const store = schema.open({ tablePrefix: 'dips_' });
  const seen: bigint[] = [];
  const reading = (async () => {
    for await (const page of store.subscribe()) seen.push(...page.map(({ position }) => position));
  })();
  const clients = await Promise.all(range(1, 4).map(() => schema.client()));
  let last = 0n;
  await store.ready();
  await Promise.all(
    clients.map(async (client, index) => {
      for (const n of range(1, 40)) {
        await client.query('begin');
        await store.within(client).append([to(`${index}`, 'any')]);
        await client.query(n % 3 === 0 ? 'rollback' : 'commit');
        const position = await append(store, `own ${index}`);
        if (position > last) last = position;
      }
    }),
  );
  await until(() => seen.at(-1) === last, 'all events');
  await store.close();
  await reading;
});

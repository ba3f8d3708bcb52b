import { inspect } from 'node:util';
import { defineProjection, Flow } from 'eventuality';
import { StoreNames } from '../../../src/adapters/postgres/schema/names';
import { to } from '../../support/events';
import { SILENT } from '../../support/logger';
import { TestSchema, url } from '../../support/stores/schema';
import { until } from '../../support/waiting';

const schema = new TestSchema(__filename);

function urlOf(applicationName: string): string {
  const address = new URL(url);
  address.searchParams.set('application_name', applicationName);
  return address.href;
}

/** Ends the backends of an application that are in a given state, and returns how many. */
async function end(applicationName: string, condition: string): Promise<number> {
  const text = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and ${condition}`;
  return (await schema.sql(text, [applicationName])).length;
}

test('an append with inline projections is tried again when its backend is ended, and takes effect once', async () => {
  let ended = 0;
  const store = schema.open({ connectionString: urlOf('inline'), tablePrefix: 'inline_' });
  const counts = defineProjection<{ n: number }>({
    ...{ name: 'counts', mode: 'inline' },
    on: {
      async Happened(_payload, { documents, event }) {
        const n = (await documents.get(event.aggregateId))?.n ?? 0;
        // Each other event ends the transaction that it is handled in, once.
        if (event.version % 2 === 0 && ended < event.version / 2)
          ended += await end('inline', `state = 'idle in transaction'`);
        documents.set(event.aggregateId, { n: n + 1 });
      },
    },
  });
  const flow = new Flow({ eventStore: store, processors: [counts], logger: SILENT });
  await flow.processors.ready();
  const events = 10;
  for (let version = 1; version <= events; version++) {
    expect(await flow.eventStore.append([to('a', version - 1)])).toMatchObject({ ok: true });
  }
  expect(ended).toBeGreaterThanOrEqual(events / 2);
  expect(await store.read(to('a', 'any').stream)).toHaveLength(events);
  expect(await flow.readModel<{ n: number }>('counts').get('a')).toEqual({ n: events });
  await flow.close();
});

test('the loss of an idle connection is logged, without the whole client', async () => {
  const logged: object[] = [];
  const logger = { error: () => undefined, warn: (details: object) => void logged.push(details) };
  const store = schema.open({ connectionString: urlOf('idle'), tablePrefix: 'idle_', logger });
  await store.append([to('a', 'none')]);
  const isLogged = async (): Promise<boolean> => {
    await end('idle', `state = 'idle'`);
    return logged.length > 0;
  };
  await until(isLogged, 'the loss is logged');
  expect(logged).toContainEqual({ error: expect.objectContaining({ code: '57P01' }) });
  expect(inspect(logged, { depth: 10 })).not.toContain('connectionParameters');
  expect(await store.read(to('a', 'any').stream)).toHaveLength(1);
  await store.close();
});

test('a connection that is ended while the store closes does not end the process', async () => {
  for (let round = 0; round < 20; round++) {
    const store = schema.open({
      connectionString: urlOf('closing'),
      tablePrefix: 'closing_',
      migrate: round === 0 ? 'auto' : 'off',
    });
    await Promise.all(['a', 'b', 'c'].map(id => store.append([to(id, 'any')])));
    const ending = end('closing', 'true');
    await new Promise(resolve => setTimeout(resolve, round / 4));
    await Promise.all([store.close(), ending]);
  }
});

test('what user code throws in a transaction is not taken for a lost connection, whatever it looks like', async () => {
  const { projections } = schema.open({ tablePrefix: 'looks_' });
  for (const code of ['ECONNREFUSED', '57P01', '40001']) {
    const thrown = Object.assign(new Error('another service'), { code });
    let tries = 0;
    const failing = projections.transaction(async () => {
      tries++;
      throw thrown;
    });
    await expect(failing).rejects.toBe(thrown);
    expect(tries).toBe(1);
  }
});

test('commands that wait for the start go on when the backend that migrates is ended', async () => {
  const holder = await schema.client();
  await holder.query(`begin; select pg_advisory_xact_lock(${new StoreNames(schema.name, 'start_').migrationLock})`);
  const store = schema.open({ connectionString: urlOf('migrating'), tablePrefix: 'start_' });
  const appends = ['a', 'b', 'c'].map(id => store.append([to(id, 'none')]));
  await until(async () => (await end('migrating', `wait_event_type = 'Lock'`)) > 0, 'the migration waits');
  await holder.query('rollback');
  for (const outcome of await Promise.all(appends)) expect(outcome).toMatchObject({ ok: true });
});

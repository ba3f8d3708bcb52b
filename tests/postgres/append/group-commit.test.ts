import { Client, type Pool } from 'pg';
import { newId } from '../../../src/messages';
import { happened, range, stream, to } from '../../support/events';
import { TestSchema } from '../../support/stores/schema';
import { pause, until } from '../../support/waiting';

const schema = new TestSchema(__filename);

/** Counts the transactions that appends made, by the ids that PostgreSQL leaves on the rows. */
async function transactions(ids: readonly string[]): Promise<number> {
  const table = `"${schema.name}".eventuality_events`;
  const [row] = await schema.sql(
    `select count(distinct xmin::text)::int as count from ${table} where aggregate_id = any($1)`,
    [ids],
  );
  return row.count;
}

/** Makes a pool, and a list to which the text of every statement is added that its clients are asked. */
function listening(): { pool: Pool; asked: string[] } {
  const asked: string[] = [];
  class ListeningClient extends Client {
    override query(...given: any[]): any {
      asked.push(given[0].text ?? given[0]);
      return super.query(...(given as [string]));
    }
  }
  return { pool: schema.pool({ Client: ListeningClient }), asked };
}

test('appends that are asked for at once share transactions', async () => {
  const store = schema.open();
  await store.ready();
  const ids = range(1, 100).map(n => `shared-${n}`);
  await Promise.all(ids.map(id => store.append([to(id, 'none')])));
  expect(await transactions(ids)).toBe(1);
});

test('appends that share a transaction are answered in the order of their positions', async () => {
  const store = schema.open({ tablePrefix: 'ordered_' });
  await store.append([to('old-0', 'none'), to('old-1', 'none'), to('old-2', 'none')]);
  const answered: bigint[] = [];
  const appends = range(0, 29).map(async n => {
    // Streams that are there, and new ones, in turn: a batch writes them apart.
    const outcome = await store.append([n % 2 === 0 && n < 6 ? to(`old-${n / 2}`, 1) : to(`new-${30 - n}`, 'none')]);
    if (outcome.ok) answered.push(outcome.events[0]!.position);
  });
  await Promise.all(appends);
  expect(answered).toHaveLength(30);
  expect(answered).toEqual([...answered].sort((one, other) => Number(one - other)));
});

test('one conflict, one duplicate and one bad payload leave their neighbours alone', async () => {
  const store = schema.open();
  const id = newId();
  await store.append([to('taken', 'none', happened({}, { id }))]);
  const outcomes = await Promise.allSettled([
    store.append([to('first', 'none')]),
    store.append([to('taken', 'none')]),
    store.append([to('second', 'none', happened({}, { id }))]),
    store.append([to('third', 'none', happened({ function: () => 1 }))]),
    store.append([to('first', 1)]),
    store.append([to('fourth', 'none')]),
  ]);
  expect(outcomes).toMatchObject([
    { value: { ok: true } },
    { value: { ok: false, conflicts: [{ actual: 1 }] } },
    { reason: { code: 'DUPLICATE_EVENT' } },
    { reason: { code: 'UNSTORABLE_VALUE', path: 'Happened.function' } },
    { value: { ok: true, events: [{ version: 2 }] } },
    { value: { ok: true } },
  ]);
});

test('what the database refuses fails alone', async () => {
  const store = schema.open({ tablePrefix: 'refusing_' });
  await store.ready();
  await schema.sql(`alter table "${schema.name}".refusing_events add check (name <> 'Refused')`);
  const outcomes = await Promise.allSettled([
    store.append([to('a', 'none')]),
    store.append([to('b', 'none', { name: 'Refused', payload: {} })]),
    store.append([to('c', 'none')]),
  ]);
  expect(outcomes).toMatchObject([{ value: { ok: true } }, { reason: { code: '23514' } }, { value: { ok: true } }]);
  expect(await store.read(stream('b'))).toEqual([]);
  expect(await store.append([to('b', 'none')])).toMatchObject({ ok: true });
});

test('a stream that another transaction holds keeps only its own appends waiting', async () => {
  const store = schema.open();
  await store.append([to('held', 'none')]);
  const client = await schema.client();
  await client.query('begin');
  await store.within(client).append([to('held', 1)]);
  let held = true;
  const waiting = store.append([to('held', 'any')]).finally(() => (held = false));
  await Promise.all(range(1, 20).map(n => store.append([to(`free-${n}`, 'none')])));
  await store.append([to('free-1', 1)]);
  expect(held).toBe(true);
  await client.query('commit');
  expect(await waiting).toMatchObject({ ok: true, events: [{ version: 3 }] });
});

test('a batch that is held up by a stream in the making does not hold up those that come after it', async () => {
  const store = schema.open();
  await store.ready();
  const client = await schema.client();
  await client.query('begin');
  await store.within(client).append([to('in-the-making', 'none')]);
  let held = true;
  const waiting = store.append([to('in-the-making', 'none')]).finally(() => (held = false));
  await pause(20);
  await Promise.all(range(1, 20).map(n => store.append([to(`beside-${n}`, 'none')])));
  expect(held).toBe(true);
  await client.query('rollback');
  expect(await waiting).toMatchObject({ ok: true, events: [{ version: 1 }] });
});

test('appends at known versions share a statement; what is refused of them leaves the others alone', async () => {
  const { pool, asked } = listening();
  const store = schema.open({ pool });
  const made = range(1, 5).map(n => `known-${n}`);
  await Promise.all(made.map(id => store.append([to(id, 'none', happened(), happened())])));
  expect(await transactions(made)).toBe(1);
  const client = await schema.client();
  await client.query('begin');
  await store.within(client).append([to('known-4', 2)]);
  asked.length = 0;
  const outcomes = Promise.all([
    store.append([to('known-1', 2, happened({ n: 1 }), happened({ n: 2 }))]),
    store.append([to('known-2', 1)]),
    store.append([to('known-new', 0, happened({ n: 3 }))]),
    store.append([to('known-3', 'none')]),
    store.append([to('known-nowhere', 7)]),
    store.append([to('known-4', 2)]),
    store.append([to('known-5', 2, happened({ n: 4 }))]),
  ]);
  await until(() => asked.length > 0, 'something is asked');
  expect(asked[0]).toContain('append_expected');
  await until(
    async () => (await store.read(stream('known-1'))).length === 4,
    'the others are appended while one waits',
  );
  await client.query('commit');
  expect(await outcomes).toMatchObject([
    {
      ok: true,
      events: [
        { version: 3, payload: { n: 1 } },
        { version: 4, payload: { n: 2 } },
      ],
    },
    { ok: false, conflicts: [{ expected: 1, actual: 2 }] },
    { ok: true, events: [{ aggregateId: 'known-new', version: 1, payload: { n: 3 } }] },
    { ok: false, conflicts: [{ expected: 'none', actual: 2 }] },
    { ok: false, conflicts: [{ expected: 7, actual: 0 }] },
    { ok: false, conflicts: [{ expected: 2, actual: 3 }] },
    { ok: true, events: [{ version: 3, payload: { n: 4 } }] },
  ]);
  for (const id of [...made, 'known-new']) {
    const events = await store.read(stream(id));
    expect(events.map(({ version }) => version)).toEqual(range(1, events.length));
  }
  expect(await store.read(stream('known-nowhere'))).toEqual([]);
});

test('a conflict leaves no trace of a stream that does not exist', async () => {
  const store = schema.open();
  const appends = [to('nowhere', 3), to('nowhere-either', 'none')];
  expect(await store.append(appends)).toMatchObject({ ok: false, conflicts: [{ actual: 0 }] });
  expect(await store.append([to('nowhere', 'exists')])).toMatchObject({ ok: false });
  const rows = await schema.sql(
    `select * from "${schema.name}".eventuality_streams where aggregate_id like 'nowhere%'`,
  );
  expect(rows).toEqual([]);
});

test('exactly one of 16 staggered racers over four stores wins, in each of 50 rounds', async () => {
  const stores = range(1, 4).map(() => schema.open());
  await Promise.all(stores.map(store => store.ready()));
  for (const round of range(0, 49)) {
    const race = range(1, 16).map(async racer => {
      await pause(Math.random() * 3);
      return stores[racer % 4]!.append([to('race', round, happened({ racer }))]);
    });
    const outcomes = await Promise.all(race);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  }
  expect((await stores[0]!.read(stream('race'))).map(({ version }) => version)).toEqual(range(1, 50));
});

test('"any" version never conflicts: 32 writers, 10 streams, two stores', async () => {
  const stores = [schema.open(), schema.open()];
  const outcomes = await Promise.all(
    range(1, 32).flatMap(writer => range(1, 10).map(n => stores[writer % 2]!.append([to(`any-${n}`, 'any')]))),
  );
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
  for (const n of range(1, 10)) expect(await stores[0]!.read(stream(`any-${n}`))).toHaveLength(32);
});

test('reads of several streams that are asked for at once share a round trip', async () => {
  const { pool, asked } = listening();
  const store = schema.open({ pool });
  await Promise.all(range(1, 20).map(n => store.append([to(`read-${n}`, 'none')])));
  asked.length = 0;
  const pages = await Promise.all(range(1, 20).map(n => store.read(stream(`read-${n}`))));
  expect(pages.map(page => page.map(event => event.aggregateId))).toEqual(range(1, 20).map(n => [`read-${n}`]));
  expect(asked).toHaveLength(1);
});

test('reads that are asked for in step, again and again, go as two halves at once', async () => {
  const { pool, asked } = listening();
  const store = schema.open({ pool });
  const ids = range(1, 32).map(n => `step-${n}`);
  await Promise.all(ids.map(id => store.append([to(id, 'none')])));
  const statements: number[] = [];
  for (let step = 0; step < 4; step++) {
    asked.length = 0;
    const pages = await Promise.all(ids.map(id => store.read(stream(id))));
    expect(pages.map(page => page.map(event => event.aggregateId))).toEqual(ids.map(id => [id]));
    statements.push(asked.length);
  }
  expect(statements).toEqual([1, 2, 2, 2]);
});

test('they go together while appends are under way: then not all who ask are in step', async () => {
  const { pool, asked } = listening();
  const store = schema.open({ pool });
  const ids = range(1, 32).map(n => `group-${n}`);
  await Promise.all(ids.map(id => store.append([to(id, 'none')])));
  for (let step = 0; step < 4; step++) {
    asked.length = 0;
    await Promise.all([store.append([to(`other-${step}`, 'none')]), ...ids.map(id => store.read(stream(id)))]);
    expect(asked.filter(text => text.includes('read_streams'))).toHaveLength(1);
  }
});

import { types } from 'node:util';
import { defineProjection, EventualityError, Flow, InMemoryEventStore } from 'eventuality';
import { StoreClosedError } from 'eventuality/errors';
import { SILENT } from '../../support/logger';
import { happen, onEachStore, RETRY, type Tally } from '../../support/processes';
import { Files } from '../../support/stores/files';
import { TestSchema } from '../../support/stores/schema';
import { ODD_VALUES } from './odd-values';

const withCode = (code: string): Error =>
  Object.assign(new Error(`of another service, with the code ${code}`), { code });

/** What SQL of the user's own may throw, though it looks like something that a store throws. */
const LOOK_ALIKES: readonly (readonly [what: string, make: () => unknown])[] = [
  ['the error of another store that is closed', () => new StoreClosedError()],
  [
    'an error of ours',
    () =>
      new (class extends EventualityError {
        readonly code = 'UNKNOWN_READ_MODEL';
      })('not known'),
  ],
  [
    'an error of ours that says nothing of what was written',
    () =>
      new (class extends EventualityError {
        readonly code = 'OTHER';
      })('x'),
  ],
  ['what another service says whose connection is refused', () => withCode('ECONNREFUSED')],
  ['what another database says that shuts down', () => withCode('57P01')],
  ['what another database says of a deadlock', () => withCode('40P01')],
  ['what another file says that is locked', () => withCode('SQLITE_BUSY')],
  ['what another file says that is full', () => withCode('SQLITE_FULL')],
  ...ODD_VALUES,
];

onEachStore(processes => {
  /** Notes whose work was run, and throws for an aggregate whose id is a number. */
  function withWork(ran: string[], options: object = {}, thrown: unknown[] = []) {
    return defineProjection<Tally>({
      name: 'tally',
      on: {
        Happened({ text }, { event, documents, inTransaction }) {
          const id = event.aggregateId;
          documents.set(id, { count: 1, last: text });
          inTransaction(() => {
            ran.push(id);
            if (Number(id) >= 0) throw thrown[thrown.push(LOOK_ALIKES[Number(id)]![1]()) - 1];
          });
        },
      },
      ...options,
    });
  }
  const ids = LOOK_ALIKES.map((_, index) => `${index}`);

  test('whatever it throws, its event is parked after its tries, and everything else goes on', async () => {
    const { store } = processes();
    const ran: string[] = [];
    const projections = processes().start([withWork(ran, { retry: RETRY })]);
    await happen(store, ['before', ...ids, 'after']);
    await projections.settled();
    const letters = await projections.of('tally').deadLetters();
    expect(letters.map(({ sequence, attempts }) => [sequence, attempts])).toEqual(
      ids.map(id => [`Thing/${id}`, RETRY.attempts]),
    );
    const written = await store.projections.get('tally', 1, ['before', ...ids, 'after']);
    expect([...written.keys()].sort()).toEqual(['after', 'before']);
    await happen(store, ['later']);
    await projections.settled();
    expect(ran).toContain('later');
  });

  test('what the work of an earlier event has done is done once, also where the work of a later one fails', async () => {
    const { store } = processes();
    const ran: string[] = [];
    const projections = processes().start([withWork(ran, { retry: { attempts: 1 } })]);
    await happen(store, ['before', '0', 'after']);
    await projections.settled();
    // Where there are transactions, what the first run did was taken back.
    const times = processes().place.open() instanceof InMemoryEventStore ? 1 : 2;
    expect(ran.filter(id => id === 'before')).toHaveLength(times);
    expect(ran.filter(id => id === 'after')).toHaveLength(1);
  });

  test('inline, an append rejects with its own error, and nothing is appended', async () => {
    const { store } = processes();
    const ran: string[] = [];
    const thrown: unknown[] = [];
    const inline = withWork(ran, { mode: 'inline' }, thrown);
    const flow = new Flow({ eventStore: store, processors: [inline], follow: false, logger: SILENT });
    for (const id of ids) {
      const error = await happen(flow.eventStore, [id]).catch(each => each);
      // What is no error comes inside of one.
      if (types.isNativeError(thrown.at(-1))) expect(error === thrown.at(-1)).toBe(true);
      else expect(error).toMatchObject({ code: 'INLINE_PROJECTION', projection: 'tally', eventName: 'Happened' });
    }
    expect(ran).toEqual(ids);
    expect(await store.readAll()).toEqual([]);
    await happen(flow.eventStore, ['sound']);
    expect(await store.readAll()).toHaveLength(1);
    await flow.close();
  });

  test('inline, an append is not to blame for the work of an event of another program', async () => {
    const { store } = processes();
    const ran: string[] = [];
    const inline = withWork(ran, { mode: 'inline' });
    const flow = new Flow({ eventStore: store, processors: [inline], follow: false, logger: SILENT });
    await happen(flow.eventStore, ['first']);
    await happen(store, ['0']);
    await happen(flow.eventStore, ['sound']);
    expect(await store.readAll()).toHaveLength(3);
    await flow.close();
  });
});

test('on SQLite, asynchronous work is parked', async () => {
  const files = new Files();
  const eventStore = files.store();
  const later = defineProjection({
    name: 'later',
    retry: RETRY,
    on: {
      Happened: (_, { event, inTransaction }) =>
        inTransaction(() => (event.aggregateId === 'later' ? new Promise(setImmediate) : undefined)),
    },
  });
  const flow = new Flow({ eventStore, processors: [later], logger: SILENT });
  await happen(eventStore, ['before', 'later', 'after']);
  await flow.processors.settled();
  const processor = flow.processors.of('later');
  expect(await processor.deadLetters()).toMatchObject([
    { sequence: 'Thing/later', error: expect.stringContaining('must be synchronous') },
  ]);
  expect((await processor.status()).lag.events).toBe(0);
  await flow.close();
  await files.close();
  files.remove();
});

describe('on PostgreSQL', () => {
  const schema = new TestSchema(__filename);

  test('an append within the client that is malformed is parked; what the database ends itself is done again', async () => {
    const eventStore = schema.open();
    await eventStore.ready();
    let ended = 0;
    const work = defineProjection({
      name: 'work',
      retry: RETRY,
      on: {
        Happened: (_, { event, inTransaction }) =>
          inTransaction(async client => {
            if (event.aggregateId === 'malformed') await eventStore.within(client).append([{ stream: {} } as never]);
            if (event.aggregateId === 'swallowed') await client.query('select 1 / 0').catch(() => undefined);
            if (event.aggregateId === 'ended' && ended++ === 0)
              await client.query('select pg_terminate_backend(pg_backend_pid())');
          }),
      },
    });
    const flow = new Flow({ eventStore, processors: [work], logger: SILENT });
    await happen(eventStore, ['before', 'malformed', 'swallowed', 'ended', 'after']);
    await flow.processors.settled();
    const processor = flow.processors.of('work');
    expect(await processor.deadLetters()).toMatchObject([
      { sequence: 'Thing/malformed', attempts: RETRY.attempts },
      { sequence: 'Thing/swallowed', attempts: RETRY.attempts },
    ]);
    expect(ended).toBeGreaterThan(1);
    await flow.close();
  });

  test('two that deadlock are both done: that is the fault of neither', async () => {
    await schema.sql(
      `create table ${schema.name}.mine (n integer primary key, of integer); insert into ${schema.name}.mine values (1, 0), (2, 0)`,
    );
    const eventStore = schema.open();
    let arrived = 0;
    let meet = (): void => undefined;
    const both = new Promise<void>(resolve => (meet = resolve));
    const update = (client: any, n: number) =>
      client.query(`update ${schema.name}.mine set of = of + 1 where n = ${n}`);
    const crossing = (name: string, first: number, second: number) =>
      defineProjection({
        name,
        retry: { attempts: 1 },
        on: {
          Crossed: (_, { inTransaction }) =>
            inTransaction(async client => {
              await update(client, first);
              if (++arrived === 2) meet();
              await both;
              await update(client, second);
            }),
        },
      });
    const flow = new Flow({ eventStore, processors: [crossing('one', 1, 2), crossing('other', 2, 1)], logger: SILENT });
    const events = [{ name: 'Crossed', payload: {} }];
    await eventStore.append([{ stream: { aggregateName: 'Thing', aggregateId: 'crossed' }, expected: 'none', events }]);
    await flow.processors.settled();
    expect(await schema.sql(`select of from ${schema.name}.mine`)).toEqual([{ of: 2 }, { of: 2 }]);
    expect(arrived).toBeGreaterThan(2);
    await flow.close();
  });
});

import { defineProjection } from 'eventuality';
import { happen, onEachStore, Processes } from '../../support/processes';
import { Schema } from '../../support/stores/schema';

const MEGABYTE = 1024 * 1024;
const text = 'x'.repeat(MEGABYTE);
/** Documents of many megabytes take as long as the machine needs: the limit is that of a test. */
const LIMIT = { timeout: 60_000 };

/** Writes a megabyte for each event. */
const large = (options: object = {}) =>
  defineProjection<object>({
    name: 'large',
    on: { Happened: (_, { event, documents }) => documents.set(event.aggregateId, { text }) },
    ...options,
  });

onEachStore(processes => {
  test('a page is committed in parts where its documents are large, and each event takes effect once', async () => {
    const { store } = processes();
    const ids = Array.from({ length: 40 }, (_, n) => `${n}`);
    await happen(store, ids);
    const sizes: number[] = [];
    const commit = store.projections.commit.bind(store.projections);
    jest.spyOn(Object.getPrototypeOf(store.projections), 'commit').mockImplementation((page: any) => {
      if (page.checkpoint.segment === 0 && page.writes.length > 0) sizes.push(page.writes.length);
      return commit(page);
    });
    const projections = processes().start([large()]);
    await projections.waitFor(40n, LIMIT);
    jest.restoreAllMocks();
    expect(sizes).toEqual([16, 16, 8]);
    expect((await store.projections.get('large', 1, ids)).size).toBe(40);
    expect((await projections.of('large').status()).parked).toEqual([]);
  });
});

describe('on PostgreSQL', () => {
  let schema: Schema;
  let processes: Processes;
  beforeEach(() => {
    schema = new Schema(`large_documents_${process.pid}`);
    processes = new Processes(() => ({ open: () => schema.open(), end: () => schema.end() }));
  });
  afterEach(() => processes.end());

  test('an event whose document no statement takes is parked, and everything else goes on', async () => {
    const { store } = processes;
    const projections = processes.start([
      large({
        retry: { attempts: 1 },
        on: {
          Happened: (_: object, { event, documents }: any) =>
            documents.set(event.aggregateId, { text: event.aggregateId === 'huge' ? 'x'.repeat(2 ** 28) : 'small' }),
        },
      }),
    ]);
    await happen(store, ['a', 'huge', 'b']);
    await projections.waitFor(3n, LIMIT);
    expect(await projections.of('large').deadLetters()).toMatchObject([
      {
        sequence: 'Thing/huge',
        error: expect.stringContaining('PostgreSQL does not take its contents: they are longer than 268435455 bytes'),
      },
    ]);
    expect([...(await store.projections.get('large', 1, ['a', 'huge', 'b'])).keys()].sort()).toEqual(['a', 'b']);
  });

  test('what the database refuses for its content is parked; what may pass is tried again', async () => {
    const { store } = processes;
    await store.readAll();
    const documents = `${schema.name}.eventuality_documents`;
    await schema.sql(`create sequence ${schema.name}.full_disk; create function ${schema.name}.refuse() returns trigger language plpgsql as $$ begin
      if new.id = 'poison' then raise exception 'it cannot be' using errcode = '22023'; end if;
      if new.id = 'full' and nextval('${schema.name}.full_disk') < 3 then raise exception 'disk full' using errcode = '53100'; end if;
      return new; end $$; create trigger refuse before insert on ${documents} for each row execute function ${schema.name}.refuse()`);
    const small = {
      Happened: (_: object, { event, documents }: any) => documents.set(event.aggregateId, { text: 'small' }),
    };
    const projections = processes.start([large({ retry: { attempts: 1 }, on: small })]);
    await happen(store, ['a', 'full', 'poison', 'b']);
    await projections.waitFor(4n, LIMIT);
    expect(await projections.of('large').deadLetters()).toMatchObject([
      { sequence: 'Thing/poison', error: expect.stringContaining('it cannot be') },
    ]);
    expect([...(await store.projections.get('large', 1, ['a', 'full', 'poison', 'b'])).keys()].sort()).toEqual([
      'a',
      'b',
      'full',
    ]);
  });
});

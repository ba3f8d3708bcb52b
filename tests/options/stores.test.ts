import { exportEvents, InMemoryEventStore, importEvents, Repository } from 'eventuality';
import { migrationSql, postgres } from 'eventuality/postgres';
import { sqlite } from 'eventuality/sqlite';
import { CustomEventStore, InMemoryProjectionStore, InMemorySnapshotStore } from 'eventuality/store-kit';
import { any, Door, memory, type Row, refusal, refused, starting } from './refusals';

const STORES: readonly Row[] = [
  [
    'a store in memory',
    () => new InMemoryEventStore(any({ clock: {}, event: [] })),
    'INVALID_OPTIONS',
    [starting('clock has no method now'), starting("'event' is not an option. Did you mean 'events'?")],
  ],
  [
    'a store of snapshots in memory',
    () => new InMemorySnapshotStore(any({ clock: () => 1 })),
    'INVALID_OPTIONS',
    [starting('clock has no method now')],
  ],
  [
    'a store of documents in memory',
    () => new InMemoryProjectionStore(any(null)),
    'INVALID_OPTIONS',
    ['the options are null; they must be an object.'],
  ],
  [
    'a custom store of half the functions',
    () => new CustomEventStore(any({ append() {}, readall() {} }), any({ pollEvery: 0 })),
    'INVALID_OPTIONS',
    [
      'readAll is undefined; it must be a function.',
      starting("'readall' is not an option. Did you mean 'readAll'?"),
      'pollEvery is 0; it must be an integer from 1 to 60000.',
    ],
  ],
  [
    'a repository',
    () => new Repository(Door, any(undefined), any({ cach: {}, metadata: [] })),
    'INVALID_OPTIONS',
    expect.arrayContaining([
      starting("'cach' is not an option. Did you mean 'cache'?"),
      starting('metadata is an array'),
      starting('store has no method append'),
    ]) as never,
  ],
  [
    'an export',
    () => exportEvents(memory(), any({ from: 5n })).next(),
    'INVALID_OPTIONS',
    [starting("'from' is not an option.")],
  ],
  [
    'an import',
    () => importEvents(memory(), [], any({ progress: true })),
    'INVALID_OPTIONS',
    ['progress is true; it must be a function.'],
  ],
  ['an import of nothing', () => importEvents(memory(), any(null)), 'INVALID_OPTIONS', [starting('lines is null')]],
  [
    'a file of SQLite',
    () => sqlite(':memory:', any({ clock: {}, pollevery: 5, busyTimeout: '5' })),
    'SQLITE_OPTIONS',
    [
      "busyTimeout is '5'; it must be an integer from 0 to 600000.",
      starting('clock has no method now'),
      starting("'pollevery' is not an option. Did you mean 'pollEvery'?"),
    ],
  ],
  [
    'null for SQLite',
    () => sqlite(':memory:', any(null)),
    'SQLITE_OPTIONS',
    ['the options are null; they must be an object.'],
  ],
  [
    'nothing for PostgreSQL',
    () => postgres(any(undefined)),
    'POSTGRES_OPTIONS',
    ['the options are undefined; they must be an object.', 'give either connectionString or pool.'],
  ],
  [
    'a mistyped key for PostgreSQL',
    () => postgres(any({ conectionString: 'postgres://x', clock: {}, schema: 'A' })),
    'POSTGRES_OPTIONS',
    [
      starting("schema is 'A'; it must be text"),
      starting('clock has no method now'),
      starting("'conectionString' is not an option. Did you mean 'connectionString'?"),
      'give either connectionString or pool.',
    ],
  ],
  [
    'the tables of PostgreSQL',
    () => migrationSql(any({ prefix: 'a' })),
    'POSTGRES_OPTIONS',
    [starting("'prefix' is not an option.")],
  ],
];

refused('stores', STORES);

describe('the pages and subscriptions of each store', () => {
  test.each([
    ['memory', memory],
    [
      'a custom store',
      () =>
        new CustomEventStore({
          append: async () => ({ ok: true, events: [] }),
          readAll: page => memory().readAll(page),
        }),
    ],
    ['SQLite', () => sqlite(':memory:')],
  ])('%s', async (_, open) => {
    const store = open();
    const stream = { aggregateName: 'Door', aggregateId: 'a' };
    try {
      expect(await refusal(() => store.readAll(any({ from: 5 })))).toMatchObject({
        code: 'INVALID_OPTIONS',
        faults: [starting("'from' is not an option. Known: after, aggregates, direction, limit, names, signal, upTo.")],
      });
      expect(await refusal(() => store.readAll(any({ names: [], aggregates: [7], direction: 'up' })))).toMatchObject({
        code: 'INVALID_OPTIONS',
        faults: [
          'names is empty; give one name at least, or leave it out for all events.',
          'aggregates[0] is 7; it must be text.',
          "direction is 'up'; it must be 'forward' or 'backward'.",
        ],
      });
      expect(await refusal(() => store.read(stream, any({ after: 5n })))).toMatchObject({ code: 'INVALID_OPTIONS' });
      expect(await refusal(() => store.readAll(any(null)))).toMatchObject({ code: 'INVALID_OPTIONS' });
      expect(await refusal(() => store.subscribe(any({ afer: 5n })))).toMatchObject({
        code: 'INVALID_OPTIONS',
        faults: [starting("'afer' is not an option. Did you mean 'after'?")],
      });
      expect(await refusal(() => store.subscribe(any(null)))).toMatchObject({ code: 'INVALID_OPTIONS' });
      if (store instanceof CustomEventStore) return;
      const append = { stream, expected: 'any' as const, events: [{ name: 'Opened', payload: {} }] };
      expect(await refusal(() => store.append([append], any({ comand: { id: 'a', token: 'b' } })))).toMatchObject({
        code: 'INVALID_APPEND',
        faults: [starting("'comand' is not an option. Did you mean 'command'?")],
      });
    } finally {
      await store.close();
    }
  });
});

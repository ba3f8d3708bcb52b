import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SqliteEventStore, sqlite } from '../../src/adapters/sqlite';
import { type EventStore, InMemorySnapshotStore, type NewSnapshot, type SnapshotStore } from '../../src/store';
import { type SnapshotStoreContractOptions, snapshotStoreContract } from '../../src/testing';
import { partOptions } from '../support/stores/part-options';
import { TESTED } from '../support/stores/tested';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-snapshots-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function within(open: () => EventStore, again?: (closed: EventStore) => EventStore): SnapshotStoreContractOptions {
  const { events: _, ...options } = partOptions((store: EventStore) => store.snapshots!, open, again);
  return options;
}

const stores: Readonly<Record<string, SnapshotStoreContractOptions>> = {
  InMemorySnapshotStore: { open: () => new InMemorySnapshotStore() },
  ...(TESTED.includes('SQLite') && {
    SqliteEventStore: within(
      () => sqlite(join(folder, `${++files}.db`)),
      closed => sqlite((closed as SqliteEventStore).file),
    ),
  }),
  'SqliteEventStore without a file': within(() => sqlite(':memory:')),
};

describe.each(Object.entries(stores))('%s', (_, options) => {
  test.each(snapshotStoreContract(options).map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run());
});

describe('the contract notices a store that', () => {
  class Wrong extends InMemorySnapshotStore {}
  const broken: Readonly<Record<string, () => SnapshotStore>> = {
    'lets an older snapshot replace a newer one': () => {
      const store = new Wrong();
      const save = store.save.bind(store);
      return Object.assign(store, {
        async save(snapshot: NewSnapshot) {
          await store.delete(snapshot.stream);
          await save(snapshot);
        },
      });
    },
    'does not look at the schema version': () => {
      const store = new Wrong();
      const load = store.load.bind(store);
      return Object.assign(store, {
        load: async (stream: never, version: number) => (await load(stream, version)) ?? load(stream, 2),
      });
    },
    'normalises the state': () => {
      const store = new Wrong();
      const save = store.save.bind(store);
      return Object.assign(store, {
        save: (snapshot: NewSnapshot) =>
          save({ ...snapshot, state: JSON.stringify(JSON.parse(snapshot.state || 'null')) }),
      });
    },
    'forgets all when it is closed': () => new Wrong(),
    'forgets nothing': () => Object.assign(new Wrong(), { delete: async () => {} }),
  };

  test.each(Object.entries(broken))('%s', async (_, open) => {
    const outcomes = await Promise.allSettled(
      snapshotStoreContract({ open, reopen: () => new Wrong() }).map(({ run }) => run()),
    );
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
  });
});

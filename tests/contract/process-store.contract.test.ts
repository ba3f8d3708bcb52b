import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SqliteEventStore, sqlite } from '../../src/adapters/sqlite';
import { type EventStore, InMemoryEventStore, InMemoryProjectionStore, type ProjectionStore } from '../../src/store';
import { type ProcessStoreContractOptions, processStoreContract, VirtualClock } from '../../src/testing';
import { partOptions } from '../support/stores/part-options';
import { TESTED } from '../support/stores/tested';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-processes-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const clocks = new WeakMap<ProjectionStore, VirtualClock>();

function withClock(open: (clock: VirtualClock) => ProjectionStore): ProjectionStore {
  const clock = new VirtualClock();
  const store = open(clock);
  clocks.set(store, clock);
  return store;
}

const beside = (open: () => EventStore, again?: (closed: EventStore) => EventStore): ProcessStoreContractOptions => {
  const { events: _, ...options } = partOptions((store: EventStore) => store.projections!, open, again);
  return options;
};

const stores: Readonly<Record<string, ProcessStoreContractOptions>> = {
  InMemoryProjectionStore: { open: () => new InMemoryProjectionStore() },
  'InMemoryProjectionStore with a clock': {
    open: () => withClock(clock => new InMemoryProjectionStore({ clock })),
    clock: store => clocks.get(store)!,
  },
  InMemoryEventStore: beside(() => new InMemoryEventStore()),
  ...(TESTED.includes('SQLite') && {
    SqliteEventStore: beside(
      () => sqlite(join(folder, `${++files}.db`)),
      closed => sqlite((closed as SqliteEventStore).file),
    ),
    'SqliteEventStore without a file': beside(() => sqlite(':memory:')),
    'SqliteEventStore with a clock': {
      ...beside(() => {
        const clock = new VirtualClock();
        const store = sqlite(':memory:', { clock });
        clocks.set(store.projections!, clock);
        return store;
      }),
      clock: store => clocks.get(store)!,
    },
  }),
};

describe.each(Object.entries(stores))('%s', (_, options) => {
  test.each(processStoreContract(options).map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run());
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SqliteEventStore, sqlite } from '../../src/adapters/sqlite';
import type { RecordedEvent } from '../../src/messages';
import {
  type AppendOutcome,
  CustomEventStore,
  type EventStore,
  ForwardingEventStore,
  InMemoryEventStore,
} from '../../src/store';
import { type EventStoreContractOptions, eventStoreContract } from '../../src/testing';
import { TESTED } from '../support/stores/tested';

/** A store of two functions; the events belong to what is under it, so that they outlive it and can be shared. */
function customStores(): EventStoreContractOptions {
  const keepers = new WeakMap<EventStore, EventStore>();
  const on = (keeper: EventStore): EventStore => {
    const store = new CustomEventStore(
      {
        append: (appends, options) => keeper.append(appends, options),
        readAll: page => keeper.readAll(page),
        restore: events => keeper.restore!(events),
        commands: keeper.commands,
      },
      { pollEvery: 5 },
    );
    keepers.set(store, keeper);
    return store;
  };
  const again = (store: EventStore): EventStore => on(keepers.get(store)!);
  return { open: () => on(new InMemoryEventStore()), reopen: again, openAgain: again, restores: true, commands: true };
}

/** A store whose `append` and `read` are answered by its `direct`, where that answers. */
class DirectlyAnswered extends ForwardingEventStore {
  override async append(...[appends, options]: Parameters<EventStore['append']>): Promise<AppendOutcome> {
    return (options ? undefined : this.inner.direct!.appendNow(appends)) ?? this.inner.append(appends, options);
  }

  override async read(...[stream, page]: Parameters<EventStore['read']>): Promise<readonly RecordedEvent[]> {
    return this.inner.direct!.readNow(stream, page) ?? this.inner.read(stream, page);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'eventuality-contract-'));
afterAll(() => rmSync(folder, { recursive: true }));

function sqliteStores(): EventStoreContractOptions {
  let files = 0;
  const again = (store: EventStore): EventStore => sqlite((store as SqliteEventStore).file);
  return {
    open: () => sqlite(join(folder, `${++files}.db`)),
    reopen: again,
    openAgain: again,
    restores: true,
    commands: true,
  };
}

const stores: Readonly<Record<string, EventStoreContractOptions>> = {
  InMemoryEventStore: { open: () => new InMemoryEventStore(), restores: true, commands: true },
  'InMemoryEventStore, answering directly': {
    open: () => new DirectlyAnswered(new InMemoryEventStore()),
    restores: true,
    commands: true,
  },
  'CustomEventStore of append and readAll': customStores(),
  ...(TESTED.includes('SQLite') && {
    SqliteEventStore: sqliteStores(),
    'SqliteEventStore without a file': { open: () => sqlite(':memory:'), restores: true, commands: true },
  }),
};

describe.each(Object.entries(stores))('%s', (_, options) => {
  test.each(eventStoreContract(options).map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run());
});

test('the cases of the contract have different names', () => {
  const names = eventStoreContract(customStores()).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('the cases about durability, sharing, restoring and commands are there only when the store can be tried for it', () => {
  const open = (): EventStore => new InMemoryEventStore();
  const names = (options: EventStoreContractOptions): string[] => eventStoreContract(options).map(({ name }) => name);
  const durable = 'keeps its events when it is closed and opened again';
  const shared = 'reads what another store on the same data has written';
  expect(names({ open })).not.toEqual(expect.arrayContaining([durable]));
  expect(names({ open })).not.toEqual(expect.arrayContaining([shared]));
  const restored = 'restores events as they were recorded, with positions left out';
  expect(names({ open })).not.toEqual(expect.arrayContaining([restored]));
  expect(names({ open, restores: true })).toContain(restored);
  const commands = 'lets exactly one of 16 claimers through';
  expect(names({ open })).not.toEqual(expect.arrayContaining([commands]));
  expect(names({ open, commands: true })).toContain(commands);
  expect(names({ open, reopen: open })).toContain(durable);
  expect(names({ open, openAgain: open })).toContain(shared);
});

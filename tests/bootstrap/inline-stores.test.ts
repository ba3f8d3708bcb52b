import {
  bootstrap,
  defineProjection,
  EventHandler,
  type EventStore,
  InMemoryEventStore,
  Module,
  Projection,
  type RecordedEvent,
} from 'eventuality';
import { WiringError } from 'eventuality/errors';
import {
  CustomEventStore,
  InMemoryProjectionStore,
  type ProjectionStore,
  type ProjectionTransaction,
  type StorePage,
  type StreamAppend,
} from 'eventuality/store-kit';
import { PostgresEventStore } from '../../src/adapters/postgres';
import { checkedOptions } from '../../src/adapters/postgres/connection/options';
import { SqliteEventStore } from '../../src/adapters/sqlite';
import { eventProcessorFaults } from '../../src/processing';
import { bound } from '../contract/bound';
import { Account, AccountOpened, OpenAccount } from '../domain/accounts';
import { url } from '../support/stores/schema';

@Projection('list', { mode: 'inline' })
class List {
  @EventHandler(AccountOpened)
  opened() {}
}
@Module({ components: [Account, List] })
class Bank {}

describe('an inline projection is refused at the start', () => {
  class Audited extends InMemoryEventStore {
    override async append(appends: readonly StreamAppend[]) {
      return super.append(appends);
    }
  }
  class Decrypting extends InMemoryEventStore {
    override async readAll(page?: StorePage) {
      return super.readAll(page);
    }
  }
  class AuditedFile extends SqliteEventStore {
    override async append(appends: readonly StreamAppend[]) {
      return super.append(appends);
    }
  }
  class AuditedDatabase extends PostgresEventStore {
    override async append(appends: readonly StreamAppend[]) {
      return super.append(appends);
    }
  }
  const past = (own: string): string =>
    `List has the mode 'inline', and its appends would bypass the event store: ${own}, and the transactions of its \`projections\` ` +
    "append and read without that. Use the mode 'async', or give projections whose `eventsBeside` is this store.";
  const store = new InMemoryEventStore();
  const parts = {
    append: (appends: readonly StreamAppend[]) => store.append(appends),
    readAll: (page?: StorePage) => store.readAll(page),
  };
  const wrapped = Object.assign(Object.create(store), parts, { close: () => Promise.resolve() });
  const replaced = Object.assign(new InMemoryEventStore(), parts);

  test.each<[string, () => EventStore, string]>([
    [
      'for a custom store with the projections of another one',
      () => new CustomEventStore({ ...parts, projections: store.projections }),
      past('it wraps another store'),
    ],
    ['for an object in front of a store', () => wrapped, past('it wraps another store')],
    ['for a store of which a method was replaced', () => replaced, past('its class overrides append or readAll')],
    ['for a class that overrides append', () => new Audited(), past('its class overrides append or readAll')],
    ['for a class that overrides readAll', () => new Decrypting(), past('its class overrides append or readAll')],
    [
      'for a class that overrides append on SQLite',
      () => new AuditedFile(':memory:'),
      past('its class overrides append or readAll'),
    ],
    [
      'for a class that overrides append on PostgreSQL',
      () => new AuditedDatabase(checkedOptions({ connectionString: url })),
      past('its class overrides append or readAll'),
    ],
    [
      'for documents that are kept elsewhere',
      () => new CustomEventStore({ ...parts, projections: new InMemoryProjectionStore() }),
      "List has the mode 'inline', and its documents are not stored beside the events: the transactions of the event store's `projections` take " +
        "no events. Use the mode 'async'.",
    ],
  ])('%s', async (_, open, fault) => {
    const eventStore = open();
    const refusal = await bootstrap(Bank, { eventStore }).catch(error => error);
    expect(refusal).toBeInstanceOf(WiringError);
    expect(refusal.faults).toEqual([fault]);
    expect(
      eventProcessorFaults([defineProjection({ name: 'list', on: { AccountOpened: () => undefined } })], eventStore),
    ).toEqual([]);
    await eventStore.close();
  });

  test('but not for a class that overrides what all appends go through', async () => {
    const persisted: string[] = [];
    class Persisting extends InMemoryEventStore {
      protected override persist(events: readonly RecordedEvent[]): void {
        persisted.push(...events.map(({ name }) => name));
      }
    }
    const flow = await bootstrap(Bank, { eventStore: new Persisting() });
    await flow.dispatch(new OpenAccount('1'));
    expect(persisted).toEqual(['AccountOpened']);
    await flow.close();
  });

  test('nor for a custom store whose projections append as it does', async () => {
    const audited: string[] = [];
    const memory = new InMemoryEventStore();
    const note = (appends: readonly StreamAppend[]): void =>
      void audited.push(...appends.map(({ stream }) => stream.aggregateId));
    const { projections } = memory;
    const auditing: ProjectionStore = Object.assign(Object.create(projections), {
      ...bound(projections),
      transaction: <T>(work: (transaction: ProjectionTransaction) => Promise<T>) =>
        projections.transaction(transaction =>
          work({
            ...bound(transaction),
            append: appends => {
              note(appends);
              return transaction.append(appends);
            },
          }),
        ),
    });
    const custom: EventStore = new CustomEventStore({
      ...{ readAll: page => memory.readAll(page), projections: auditing },
      append: appends => {
        note(appends);
        return memory.append(appends);
      },
    });
    Object.assign(auditing, { eventsBeside: { store: custom, append: custom.append, readAll: custom.readAll } });
    const flow = await bootstrap(Bank, { eventStore: custom });
    await flow.dispatch(new OpenAccount('1'));
    expect(audited).toEqual(['1']);
    await flow.close();
  });
});

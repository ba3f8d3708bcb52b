import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  defineAggregate,
  Flow,
  InMemoryEventStore,
  Repository,
} from 'eventuality';
import { InMemorySnapshotStore, type SnapshotStore } from 'eventuality/store-kit';
import { holds, type Same } from './todo';

@Aggregate('Simple', { snapshot: { every: 100, version: 1 } })
class Simple extends AggregateRoot {}

@Aggregate('Versionless', { id: command => command.todoId, snapshot: { every: 100 } })
class Versionless extends AggregateRoot {}

@Aggregate('Own', {
  snapshot: {
    every: 100,
    version: 2,
    take: (own: Own) => own.toData(),
    restore: (own: Own, data: { count: number }) => own.fromData(data),
  },
})
class Own extends AggregateRoot {
  #count = 0;
  toData() {
    return { count: this.#count };
  }
  fromData({ count }: { count: number }) {
    this.#count = count;
  }
}

// @ts-expect-error take is of another class
@Aggregate('Other', {
  snapshot: { every: 1, take: (own: Own) => own.toData(), restore: (own: Own, data) => own.fromData(data) },
})
class Other extends AggregateRoot {}

// @ts-expect-error "every" is missing
Aggregate('Todo', { snapshot: { version: 1 } });
// @ts-expect-error "every" is a number
Aggregate('Todo', { snapshot: { every: '100' } });
// @ts-expect-error take comes with restore
Aggregate('Todo', { snapshot: { every: 1, take: (own: Own) => own.toData() } });
// @ts-expect-error restore comes with take
Aggregate('Todo', { snapshot: { every: 1, restore: (own: Own) => own } });
// @ts-expect-error what is taken is an object
Aggregate('Todo', { snapshot: { every: 1, take: () => 'text', restore: () => {} } });
// @ts-expect-error there is no such option
Aggregate('Todo', { snapshot: { every: 1, after: 1 } });

const Counter = defineAggregate({
  name: 'Counter',
  state: { count: 0 },
  snapshot: {
    every: 10,
    take: state => {
      holds<Same<typeof state, { count: number }>>();
      return { n: state.count };
    },
    restore: (state, { n }) => ({ ...state, count: n }),
  },
});

defineAggregate({
  name: 'Counter',
  state: { count: 0 },
  snapshot: {
    every: 10,
    take: state => state,
    // @ts-expect-error the state restored is another one
    restore: () => ({ total: 1 }),
  },
});

async function wherever(store: SnapshotStore): Promise<void> {
  const eventStore = new InMemoryEventStore();
  holds<Same<typeof eventStore.snapshots, SnapshotStore>>();
  new Flow({ eventStore, snapshotStore: store });
  new Flow({ eventStore, snapshotStore: false });
  await bootstrap(class {}, { snapshotStore: new InMemorySnapshotStore() });
  const repository = new Repository(Counter, eventStore, { snapshotStore: store, logger: console });
  holds<Same<Awaited<ReturnType<typeof repository.drain>>, void>>();
  // @ts-expect-error an event store keeps snapshots, it is no SnapshotStore itself
  new Flow({ eventStore, snapshotStore: eventStore });
  // @ts-expect-error true is no store
  new Flow({ eventStore, snapshotStore: true });
}

export { Other, Simple, Versionless, wherever };

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Aggregate,
  AggregateRoot,
  bootstrap,
  CommandHandler,
  defineAggregate,
  EventHandler,
  InMemoryEventStore,
  Module,
  Repository,
} from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import { InMemorySnapshotStore } from 'eventuality/store-kit';
import { snapshotStoreContract } from 'eventuality/testing';

const folder = mkdtempSync(join(tmpdir(), 'eventuality-docs-snapshots-'));
afterAll(() => rmSync(folder, { recursive: true }));

class Measure {
  constructor(
    readonly id: string,
    readonly celsius: number,
  ) {}
}
class Measured {
  constructor(readonly celsius: number) {}
}

// #region use
@Aggregate('Sensor', { snapshot: { every: 100, version: 1 } })
class Sensor extends AggregateRoot<Measured> {
  private highest = Number.NEGATIVE_INFINITY;
  private readonly days = new Map<string, number>();

  @CommandHandler(Measure, { creates: 'if-missing' })
  measure({ celsius }: Measure) {
    return celsius > this.highest ? new Measured(celsius) : [];
  }

  @EventHandler(Measured)
  measured({ celsius }: Measured) {
    this.highest = celsius;
    this.days.set(`record ${this.days.size + 1}`, celsius);
  }
}
// #endregion use

test('the page about snapshots: an aggregate with one goes on from it', async () => {
  @Module({ components: [Sensor] })
  class SensorModule {}

  const eventStore = sqlite(join(folder, 'sensors.db'));
  const flow = await bootstrap(SensorModule, { eventStore });
  for (let n = 1; n <= 120; n++) await flow.dispatch(new Measure('s1', n));
  await flow.repository(Sensor).drain();
  expect(
    (await eventStore.snapshots.load({ aggregateName: 'Sensor', aggregateId: 's1' }, 1))?.version,
  ).toBeGreaterThanOrEqual(100);
  expect(await flow.dispatch(new Measure('s1', 5))).toMatchObject({ succeeded: false, version: 120 });
  await flow.close();
});

test('the page about snapshots: without a class, and elsewhere', async () => {
  // #region plain
  const Counter = defineAggregate({
    name: 'Counter',
    state: { total: 0 },
    snapshot: { every: 100, version: 1 },
    on: {
      Counted(state, { payload }) {
        state.total += payload.by;
      },
    },
  });
  // #endregion plain

  // #region elsewhere
  const counters = new Repository(Counter, new InMemoryEventStore(), { snapshotStore: new InMemorySnapshotStore() });
  // #endregion elsewhere
  await counters.add({ id: 'c1' });
  expect((await counters.load('c1')).state.total).toBe(0);
});

test('the page about snapshots: a way of its own', async () => {
  // #region own
  @Aggregate('Vault', {
    snapshot: {
      every: 100,
      version: 1,
      take: (vault: Vault) => vault.toSnapshot(),
      restore: (vault: Vault, data) => vault.fromSnapshot(data),
    },
  })
  class Vault extends AggregateRoot<Measured> {
    #level = 0;

    toSnapshot() {
      return { level: this.#level };
    }

    fromSnapshot({ level }: { level: number }) {
      this.#level = level;
    }

    @EventHandler(Measured)
    measured({ celsius }: Measured) {
      this.#level = celsius;
    }
  }
  // #endregion own
  const store = new InMemoryEventStore();
  const stream = { aggregateName: 'Vault', aggregateId: 'v1' };
  await store.append([
    {
      stream,
      expected: 'none',
      events: Array.from({ length: 99 }, () => ({ name: 'Measured', payload: { celsius: 3 } })),
    },
  ]);
  const vaults = new Repository(Vault, store);
  const vault = await vaults.load('v1');
  (vault as unknown as { apply(event: object): void }).apply(new Measured(4));
  await vaults.save(vault);
  await vaults.drain();
  expect((await store.snapshots.load(stream, 1))?.state).toContain('{"level":4}');
});

describe('the page about snapshots: a store of your own', () => {
  // #region contract
  for (const { name, run } of snapshotStoreContract({ open: () => new InMemorySnapshotStore() })) test(name, run);
  // #endregion contract
});

import { defineAggregate, Event, InMemoryEventStore, Repository } from 'eventuality';
import fc from 'fast-check';

const Counter = defineAggregate({
  name: 'Counter',
  state: { total: 0 },
  methods: {
    count(by: number) {
      return Event({ aggregateId: this.id, name: 'Counted', payload: { by } });
    },
  },
  on: {
    Counted(state, { payload }) {
      state.total += payload.by;
    },
  },
});

type Loaded = Awaited<ReturnType<Repository<any>['load']>>;

/** What the repository should be: totals and versions by id, and the copies that were handed out. */
interface Model {
  readonly counters: Map<string, { total: number; version: number; deleted: boolean }>;
}

const ids = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), id: ids }),
  fc.record({ kind: fc.constant('load' as const), id: ids, slot: fc.nat(2) }),
  fc.record({ kind: fc.constant('count' as const), slot: fc.nat(2), by: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ kind: fc.constant('save' as const), slot: fc.nat(2), through: fc.nat(1) }),
  fc.record({ kind: fc.constant('delete' as const), id: ids }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    error => error.code ?? String(error),
  );

class Run {
  readonly store = new InMemoryEventStore();
  /** Two processes on one store, one of them with a cache that is too small. */
  readonly repositories = [
    new Repository(Counter, this.store),
    new Repository(Counter, this.store, { cache: { max: 2, maxEvents: 4 } }),
  ];
  readonly model: Model = { counters: new Map() };
  readonly slots: { loaded: Loaded; id: string; version: number; total: number; pending: number }[] = [];

  async take(each: Step, index: number): Promise<void> {
    const repository = this.repositories[index % 2]!;
    if (each.kind === 'add') await this.add(repository, each.id);
    else if (each.kind === 'load') await this.load(repository, each.id, each.slot);
    else if (each.kind === 'count') this.count(each.slot, each.by);
    else if (each.kind === 'save') await this.save(each.slot);
    else await this.delete(repository, each.id);
  }

  async check(): Promise<void> {
    for (const [id, { total, version, deleted }] of this.model.counters) {
      for (const repository of this.repositories) {
        const found = await repository.find(id);
        if (deleted) expect(found).toBeNull();
        else expect([found!.state.total, found!.version]).toEqual([total, version]);
      }
    }
    const all = await this.store.readAll();
    expect(all.map(({ position }) => position)).toEqual(all.map((_, index) => BigInt(index + 1)));
    expect(all).toHaveLength([...this.model.counters.values()].reduce((sum, { version }) => sum + version, 0));
  }

  private async add(repository: Repository<any>, id: string): Promise<void> {
    const known = this.model.counters.has(id);
    expect(await codeOf(repository.add({ id, total: 0 }))).toBe(known ? 'AGGREGATE_ALREADY_EXISTS' : 'ok');
    if (!known) this.model.counters.set(id, { total: 0, version: 1, deleted: false });
  }

  private async load(repository: Repository<any>, id: string, slot: number): Promise<void> {
    const expected = this.model.counters.get(id);
    const loaded = await repository.find(id);
    expect(loaded === null).toBe(!expected || expected.deleted);
    if (loaded && expected)
      this.slots[slot] = { loaded, id, version: expected.version, total: expected.total, pending: 0 };
  }

  private count(slot: number, by: number): void {
    const held = this.slots[slot];
    if (!held) return;
    held.loaded.count(by);
    held.total += by;
    held.pending += 1;
    expect(held.loaded.state.total).toBe(held.total);
  }

  private async save(slot: number): Promise<void> {
    const held = this.slots[slot];
    if (!held) return;
    const stored = this.model.counters.get(held.id)!;
    const stale = held.pending > 0 && stored.version !== held.version;
    const repository = this.repositories[slot % 2]!;
    expect(await codeOf(repository.save(held.loaded))).toBe(stale ? 'CONCURRENCY' : 'ok');
    if (stale || held.pending === 0) return;
    stored.total = held.total;
    stored.version += held.pending;
    held.version = stored.version;
    held.pending = 0;
  }

  private async delete(repository: Repository<any>, id: string): Promise<void> {
    const stored = this.model.counters.get(id);
    const missing = !stored || stored.deleted;
    expect(await codeOf(repository.delete(id))).toBe(missing ? 'AGGREGATE_NOT_FOUND' : 'ok');
    if (missing) return;
    stored.deleted = true;
    stored.version += 1;
  }
}

test('a repository, with and without a cache, does what a simple model of it does, in 10,000 runs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async steps => {
      const run = new Run();
      for (const [index, each] of steps.entries()) await run.take(each, index);
      await run.check();
    }),
    { numRuns: 10_000 },
  );
}, 120_000);

import { setImmediate } from 'node:timers/promises';
import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  EventHandler,
  type EventStore,
  Flow,
  InMemoryEventStore,
  type SnapshotOptions,
} from 'eventuality';
import { sqlite } from 'eventuality/sqlite';
import fc from 'fast-check';
import { ToldLogger } from '../domain/snapshots';

class Put {
  constructor(
    readonly id: string,
    readonly key: string,
    readonly by: number,
  ) {}
}
class Began {
  constructor(readonly key: string) {}
}
class Added {
  constructor(
    readonly key: string,
    readonly by: number,
    readonly path: readonly { readonly n: number }[],
  ) {}
}

/**
 * An aggregate whose decisions and state both depend on all that happened before; its handler also spoils the state on
 * its way.
 */
function ledger(snapshot: SnapshotOptions | undefined) {
  @Aggregate('Ledger', snapshot ? { snapshot } : {})
  class Ledger extends AggregateRoot<Began | Added> {
    readonly sums = new Map<string, { sum: number; first: Date }>();
    readonly paths = new Set<object>();
    last: { key: string; path: readonly { readonly n: number }[] } | undefined;
    total = 0n;

    @CommandHandler(Put, { creates: 'if-missing' })
    put({ key, by }: Put) {
      if (by === 7) throw new Error(`refused at ${this.total}`);
      if (by === 0) return [];
      const known = this.sums.get(key);
      if (known) known.sum += 1000;
      const added = new Added(key, by + Number(this.total % 3n), [{ n: by }, { n: this.sums.size }]);
      return known ? added : [new Began(key), added];
    }

    @EventHandler(Began)
    began({ key }: Began) {
      this.sums.set(key, { sum: 0, first: new Date(Number(this.total)) });
    }

    @EventHandler(Added)
    added({ key, by, path }: Added) {
      this.sums.get(key)!.sum += by;
      this.total += BigInt(by);
      this.paths.add(path[0]!);
      this.last = { key, path };
    }

    view(): unknown[] {
      const { id, version, sums, paths, last, total } = this;
      return [
        id,
        version,
        [...sums].map(([key, { sum, first }]) => [key, sum, first.getTime()]),
        [...paths],
        last,
        String(total),
      ];
    }
  }
  return Ledger;
}

const ids = fc.constantFrom('a', 'b');
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      id: ids,
      key: fc.constantFrom('x', 'y'),
      by: fc.integer({ min: 0, max: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('load' as const), id: ids }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), id: ids }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('foreign' as const), id: ids, by: fc.integer({ min: 1, max: 8 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('drain' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('restart' as const), version: fc.integer({ min: 1, max: 2 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('damage' as const), id: ids, at: fc.nat(200) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One way to run the same history. */
interface Way {
  readonly every: number | undefined;
  readonly cache: { max: number; maxEvents: number } | false;
}

let used = 0;

class Run {
  readonly trace: unknown[] = [];
  #type!: ReturnType<typeof ledger>;
  #flow!: Flow;

  constructor(
    readonly store: EventStore,
    readonly way: Way,
  ) {
    this.#start(1);
  }

  async take(each: Step): Promise<void> {
    const { store } = this;
    if (each.kind === 'put')
      this.trace.push(await this.#outcome(this.#flow.dispatch(new Put(each.id, each.key, each.by))));
    else if (each.kind === 'delete') this.trace.push(await this.#outcome(this.#repository.delete(each.id)));
    else if (each.kind === 'load')
      this.trace.push(((await this.#repository.find(each.id)) as { view(): unknown } | null)?.view());
    else if (each.kind === 'foreign') await this.#appendAsAnother(each.id, each.by);
    else if (each.kind === 'drain') await this.#repository.drain();
    else if (each.kind === 'turn') await setImmediate();
    else if (each.kind === 'restart') this.#start(each.version);
    else await this.#damage(store, each.id, each.at);
  }

  async end(): Promise<unknown[]> {
    for (const id of ['a', 'b'] as const) await this.take({ kind: 'load', id });
    await this.#repository.drain();
    this.trace.push(
      (await this.store.readAll()).map(({ name, version, payload }) => [name, version, JSON.stringify(payload)]),
    );
    return this.trace;
  }

  get #repository() {
    return this.#flow.repository(this.#type);
  }

  /** As a process that begins anew: nothing cached, perhaps another version of the state's shape. */
  #start(version: number): void {
    const { every, cache } = this.way;
    this.#type = ledger(every === undefined ? undefined : { every, version });
    this.#flow = new Flow({ eventStore: this.store, aggregates: [this.#type], cache, logger: new ToldLogger() });
  }

  async #outcome(work: Promise<unknown>): Promise<unknown> {
    try {
      const outcome = (await work) as { version?: number; succeeded?: boolean };
      return [outcome.version, outcome.succeeded];
    } catch (error) {
      return String((error as { code?: string }).code ?? error);
    }
  }

  /** Another process appends, past this one's cache and snapshots. */
  async #appendAsAnother(aggregateId: string, by: number): Promise<void> {
    const stream = { aggregateName: 'Ledger', aggregateId };
    const events = [
      { name: 'Began', payload: { key: 'x' } },
      { name: 'Added', payload: { key: 'x', by, path: [{ n: by }] } },
    ];
    if ((await this.store.read(stream)).at(-1)?.marks?.deleted !== true)
      await this.store.append([{ stream, expected: 'any', events }]);
  }

  async #damage({ snapshots }: EventStore, aggregateId: string, at: number): Promise<void> {
    for (const version of [1, 2]) {
      const snapshot = await snapshots!.load({ aggregateName: 'Ledger', aggregateId }, version);
      if (!snapshot) continue;
      used += 1;
      await snapshots!.save({ ...snapshot, state: snapshot.state.slice(0, at) });
    }
  }
}

const ways = fc.record({ every: fc.integer({ min: 1, max: 5 }), maxEvents: fc.constantFrom(4, 1000) });
const histories = fc.array(step, { minLength: 5, maxLength: 30 });

async function sameEveryWay(
  open: () => EventStore,
  steps: readonly Step[],
  { every, maxEvents }: { every: number; maxEvents: number },
) {
  const traces: unknown[][] = [];
  const cache = { max: 4, maxEvents };
  for (const way of [
    { every: undefined, cache: false as const },
    { every, cache: false as const },
    { every, cache },
  ]) {
    const store = open();
    const run = new Run(store, way);
    for (const each of steps) await run.take(each);
    traces.push(await run.end());
    await store.close();
  }
  expect(traces[1]).toEqual(traces[0]);
  expect(traces[2]).toEqual(traces[0]);
}

test('states, versions and outcomes are the same with snapshots and without, cached or not, in 800 histories', async () => {
  const property = fc.asyncProperty(histories, ways, (steps, way) =>
    sameEveryWay(() => new InMemoryEventStore(), steps, way),
  );
  await fc.assert(property, { numRuns: 800 });
  expect(used).toBeGreaterThan(100);
}, 120_000);

test('so they are on SQLite, in 100 histories', async () => {
  await fc.assert(
    fc.asyncProperty(histories, ways, (steps, way) => sameEveryWay(() => sqlite(':memory:'), steps, way)),
    { numRuns: 100 },
  );
}, 120_000);

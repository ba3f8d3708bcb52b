import { defineReactor, type EventProcessorDefinition, type EventStore, type RecordedEvent } from 'eventuality';
import type { EventProcessorOptions } from '../../../src/processing';
import { segmentOf } from '../../../src/processing/definition/sequence';
import type { ProjectionStore } from '../../../src/store';
import { happen, onEachStore, RETRY, type Tally, tally } from '../../support/processes';
import { until } from '../../support/waiting';

type Stored = EventStore & { readonly projections: ProjectionStore };

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `thing-${n}`);
/** Ids of aggregates, the first of which is in segment 0 of so many, and the other is not. */
const APART = ['thing-0', ids(50).find(id => segmentOf(`Thing/${id}`, 2) !== segmentOf('Thing/thing-0', 2))!] as const;

/**
 * Has effects, and counts how often each event had its own; `fails` says what is wrong with an event, `waits` what it
 * waits for.
 */
class Mailer {
  readonly effects = new Map<bigint, number>();
  fails: (event: RecordedEvent) => boolean = () => false;
  waits: (event: RecordedEvent) => Promise<unknown> | undefined = () => undefined;

  definition(options: EventProcessorOptions = {}): EventProcessorDefinition {
    return defineReactor({
      name: 'mailer',
      retry: RETRY,
      ...options,
      on: {
        Happened: async (_payload, { event, signal }) => {
          await this.waits(event);
          signal.throwIfAborted();
          if (this.fails(event)) throw new Error('no mail');
          this.effects.set(event.position, (this.effects.get(event.position) ?? 0) + 1);
        },
      },
    });
  }

  /** How often each event had its effect: all of them once. */
  once(count: number): Map<bigint, number> {
    return new Map(Array.from({ length: count }, (_, index) => [BigInt(index + 1), 1]));
  }

  get inOrder(): Map<bigint, number> {
    return new Map([...this.effects].sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}

const byText = { key: 'text', of: ({ payload }: RecordedEvent) => (payload as { text: string }).text };
const byId = { key: 'id', of: ({ aggregateId }: RecordedEvent) => aggregateId };

onEachStore(processes => {
  const store = (): Stored => processes().store;
  const activeOf = async () => (await store().projections.versions('mailer')).find(({ active }) => active)!;
  const positionsOf = async (version: number, name = 'mailer'): Promise<bigint[]> =>
    (await store().projections.leases.segments(name, version)).map(({ position }) => position);
  const started = async (definition: EventProcessorDefinition) => {
    const projections = processes().start([definition]);
    await projections.ready();
    return projections;
  };

  /** Two segments, one of which has handled 20 events, while the other waits before its first. */
  async function unequal(mailer: Mailer, options: EventProcessorOptions = {}): Promise<void> {
    let go = (): void => undefined;
    const held = new Promise<void>(resolve => (go = resolve));
    mailer.waits = event => (event.aggregateId === APART[0] ? held : undefined);
    const old = await started(mailer.definition({ segments: 2, ...options }));
    for (let round = 0; round < 20; round++) await happen(store(), APART, `${round}`);
    await until(async () => mailer.effects.size === 20);
    const closing = old.close();
    go();
    await closing;
    mailer.waits = () => undefined;
    const [one, other] = await positionsOf(1);
    expect(one).not.toBe(other);
  }

  test('another number of segments repeats no effect where one segment is behind', async () => {
    const mailer = new Mailer();
    await unequal(mailer);
    for (const segments of [3, 5, 1]) {
      const next = await started(mailer.definition({ segments }));
      await happen(store(), APART);
      await next.settled();
      await next.close();
    }
    expect(mailer.inOrder).toEqual(mailer.once(46));
    // What is behind all of them is not remembered.
    expect(await activeOf()).toMatchObject({ version: 4, segments: 1, takenOver: [] });
  });

  test('another number of segments repeats no effect where one segment has stopped', async () => {
    const mailer = new Mailer();
    mailer.fails = event => event.aggregateId === APART[0];
    const old = await started(mailer.definition({ segments: 2, onError: 'stop' }));
    for (let round = 0; round < 20; round++) await happen(store(), APART, `${round}`);
    await until(async () => mailer.effects.size === 20 && (await old.of('mailer').status()).state === 'stopped');
    await old.close();
    const still = await started(mailer.definition({ segments: 3, onError: 'stop' }));
    await until(async () => (await still.of('mailer').status()).state === 'stopped');
    await still.close();
    // The first rescaling is not caught up when the next one comes: both are remembered.
    await happen(store(), ids(10));
    const mended = await started(mailer.definition({ segments: 4, onError: 'stop' }));
    await until(async () => (await mended.of('mailer').status()).state === 'stopped');
    await mended.close();
    expect((await activeOf()).takenOver.length).toBe(2);
    mailer.fails = () => false;
    const last = await started(mailer.definition({ segments: 2, onError: 'stop' }));
    await last.settled();
    expect(mailer.inOrder).toEqual(mailer.once(50));
  });

  test('what is parked moves with it, in order, and what a retry() asked for is tried', async () => {
    const mailer = new Mailer();
    mailer.fails = event => event.aggregateId === APART[0];
    const old = await started(mailer.definition({ segments: 2 }));
    for (let round = 0; round < 3; round++) await happen(store(), APART, `${round}`);
    await old.settled();
    const letters = await old.of('mailer').deadLetters();
    await old.close();
    expect(letters).toHaveLength(3);
    const next = await started(mailer.definition({ segments: 7 }));
    await happen(store(), APART, 'later');
    await next.settled();
    const moved = await next.of('mailer').deadLetters();
    expect(moved.map(({ position, attempts }) => [position, attempts])).toEqual([
      ...letters.map(({ position, attempts }) => [position, attempts]),
      [letters.at(-1)!.position + 2n, 0],
    ]);
    await next.close();
    mailer.fails = () => false;
    await store().projections.deadLetters.retry({ projection: 'mailer', version: 2 });
    const last = await started(mailer.definition({ segments: 1 }));
    await last.settled();
    await until(async () => mailer.effects.size === 8);
    expect([...mailer.effects.keys()].filter(position => letters.some(letter => letter.position === position))).toEqual(
      letters.map(({ position }) => position),
    );
    expect(mailer.inOrder).toEqual(mailer.once(8));
  });

  test('processes of other code take over from each other while events come in, and processes are lost', async () => {
    const mailer = new Mailer();
    mailer.waits = () => new Promise(resolve => setImmediate(resolve));
    let running = await started(mailer.definition({ segments: 4 }));
    for (const segments of [3, 6, 1, 2, 5]) {
      const writing = happen(store(), ids(20));
      const next = [1, 2].map(() => processes().start([mailer.definition({ segments })]));
      await writing;
      await running.close();
      await until(async () => (await activeOf()).segments === segments);
      await happen(store(), ids(5));
      await next[1]!.close();
      running = next[0]!;
    }
    await running.settled();
    expect(mailer.inOrder).toEqual(mailer.once(125));
    await until(async () => (await store().projections.versions('mailer')).length === 1);
  });

  test('a process that is frozen in the midst of a rescaling, past its leases, changes nothing when it goes on', async () => {
    const mailer = new Mailer();
    await unequal(mailer);
    let frozen = (): void => undefined;
    const reached = new Promise<void>(resolve => (frozen = resolve));
    let goOn = (): void => undefined;
    const held = new Promise<void>(resolve => (goOn = resolve));
    const ended: string[] = [];
    const late = freezing(
      processes().place.open() as Stored,
      () => {
        frozen();
        return held;
      },
      ended,
    );
    const sleeper = processes().start([mailer.definition({ segments: 3 })], { eventStore: late });
    await reached;
    const next = processes().start([mailer.definition({ segments: 5 })]);
    await until(async () => (await activeOf()).segments === 5);
    await next.settled();
    goOn();
    await until(async () => ended.length === 1);
    expect(ended).toEqual(['taken back']);
    await sleeper.close();
    await happen(store(), APART);
    await next.settled();
    expect((await activeOf()).segments).toBe(5);
    expect(mailer.inOrder).toEqual(mailer.once(42));
  });

  test('another sequenceBy: events that were handled stay so, and what is parked goes to its new sequence', async () => {
    const mailer = new Mailer();
    mailer.fails = event => event.aggregateId === APART[0];
    const old = await started(mailer.definition({ segments: 2 }));
    for (let round = 0; round < 4; round++) await happen(store(), APART, `${round % 2}`);
    await old.settled();
    await old.close();
    const next = await started(mailer.definition({ segments: 3, sequenceBy: byText }));
    await until(async () => (await next.of('mailer').status()).version === 2);
    await next.settled();
    const { parked } = await next.of('mailer').status();
    expect(parked.map(({ sequence, events }) => [sequence, events])).toEqual([
      ['0', 2],
      ['1', 2],
    ]);
    await happen(store(), APART, '1');
    mailer.fails = () => false;
    await next.of('mailer').retry();
    await until(async () => mailer.effects.size === 10);
    expect(mailer.inOrder).toEqual(mailer.once(10));
  });

  test('a projection with another sequenceBy in the same version is filled anew: each event is counted once', async () => {
    const counts = (sequenceBy: EventProcessorOptions['sequenceBy'], waits: () => unknown = () => undefined) =>
      tally({ segments: 2, ...(sequenceBy && { sequenceBy }) }, waits);
    let go = (): void => undefined;
    const held = new Promise<void>(resolve => (go = resolve));
    const old = processes().start([counts(undefined, () => held)]);
    for (let round = 0; round < 10; round++) await happen(store(), ids(6), `${round % 3}`);
    await until(async () => (await positionsOf(1, 'tally')).length === 2);
    go();
    await old.close();
    for (const [index, sequenceBy] of [byText, 'all', byId, undefined].entries()) {
      const next = processes().start([counts(sequenceBy as EventProcessorOptions['sequenceBy'])]);
      await until(async () => (await store().projections.active('tally')) === index + 2);
      await next.settled();
      const found = await store().projections.get('tally', index + 2, ids(6));
      expect([...found.values()].map(each => (each as Tally).count)).toEqual(new Array(6).fill(10));
      await next.close();
    }
  });

  test('a listener whose rule for sequences this code does not know is refused, with the fix; which works', async () => {
    const mailer = new Mailer();
    await unequal(mailer, { sequenceBy: byId });
    const refused = processes().start([mailer.definition({ segments: 2, sequenceBy: byText })]);
    await expect(refused.ready()).rejects.toMatchObject({
      code: 'SEQUENCE_BY_CHANGED',
      reactor: 'mailer',
      stored: 'id',
    });
    await until(async () => (await refused.of('mailer').status()).lastError !== undefined);
    await refused.close();
    const merged = await started(mailer.definition({ segments: 1, sequenceBy: byId }));
    await merged.settled();
    await merged.close();
    const changed = await started(mailer.definition({ segments: 1, sequenceBy: byText }));
    await happen(store(), APART);
    await changed.settled();
    await changed.close();
    const split = await started(mailer.definition({ segments: 2, sequenceBy: byText }));
    await until(async () => (await activeOf()).segments === 2);
    await happen(store(), APART);
    await split.settled();
    expect(mailer.inOrder).toEqual(mailer.once(44));
  });
});

/** A store that waits once, before the transaction that hands a listener over, and notes how that ends. */
function freezing(store: Stored, before: () => Promise<void>, ended: string[]): Stored {
  let first = true;
  const over = <T extends object>(target: T, own: Partial<T>): T =>
    new Proxy(target, {
      get(_, key) {
        const value = key in own ? own[key as keyof T] : target[key as keyof T];
        return typeof value === 'function' && !(key in own) ? value.bind(target) : value;
      },
    });
  const transaction: ProjectionStore['transaction'] = async work => {
    if (!first) return store.projections.transaction(work);
    first = false;
    await before();
    const outcome = store.projections.transaction(work);
    outcome.then(
      () => ended.push('held'),
      () => ended.push('taken back'),
    );
    return outcome;
  };
  return over(store, { projections: over(store.projections, { transaction }) });
}

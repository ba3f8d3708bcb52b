import { defineProjection, type EventProcessorDefinition } from 'eventuality';
import type { ProjectionBulk, ProjectionStore } from '../../../src/store';
import { range } from '../../support/events';
import { happen, onEachStore } from '../../support/processes';
import { until } from '../../support/waiting';

/** The same object, but for some of its properties. */
const instead = <T extends object>(object: T, properties: Partial<T>): T =>
  new Proxy(object, {
    get(target, key) {
      const value = key in properties ? properties[key as keyof T] : target[key as keyof T];
      return typeof value === 'function' && !(key in properties) ? value.bind(target) : value;
    },
  });

const ids = range(1, 24).map(String);
const counts = (name: string): EventProcessorDefinition =>
  defineProjection<{ count: number }>({
    name,
    segments: 4,
    on: {
      async Happened(_payload, { event, documents }) {
        documents.set(event.aggregateId, { count: ((await documents.get(event.aggregateId))?.count ?? 0) + 1 });
      },
    },
  });
const NAMES = range(1, 5).map(n => `counts-${n}`);

onEachStore(processes => {
  const countsOf = async (name: string): Promise<number[]> =>
    [...(await processes().store.projections.get(name, 1, ids)).values()].map(
      each => (each as { count: number }).count,
    );
  const owners = async (): Promise<(string | undefined)[]> => {
    const states = await Promise.all(NAMES.map(name => processes().store.projections.leases.segments(name, 1)));
    return states.flat().map(({ owner }) => owner);
  };

  test('follows with a store that asks one by one, and gives everything back', async () => {
    const { store } = processes();
    const eventStore = instead(store, {
      projections: instead<ProjectionStore>(store.projections, { bulk: undefined }) as typeof store.projections,
    });
    const running = processes().start(NAMES.map(counts), { eventStore });
    await happen(store, ids);
    await running.settled();
    for (const name of NAMES) expect(await countsOf(name)).toEqual(ids.map(() => 1));
    await running.close();
    expect((await owners()).every(owner => owner === undefined)).toBe(true);
  });

  test('what a store leaves undecided in bulk is asked for alone', async () => {
    const { store } = processes();
    const undecided = async (questions: readonly unknown[]): Promise<undefined[]> => questions.map(() => undefined);
    const bulk: ProjectionBulk = instead(store.projections.bulk!, {
      ...{ claim: undecided, join: undecided, pass: undecided },
      release: async leases => leases.map(() => false),
      leave: async versions => versions.map(() => false),
    });
    const eventStore = instead(store, {
      projections: instead<ProjectionStore>(store.projections, { bulk }) as typeof store.projections,
    });
    const running = processes().start(NAMES.map(counts), { eventStore });
    await happen(store, ids);
    await running.settled();
    for (const name of NAMES) expect(await countsOf(name)).toEqual(ids.map(() => 1));
    await running.close();
    expect((await owners()).every(owner => owner === undefined)).toBe(true);
  });

  test('who closes leaves all its versions in one call', async () => {
    const { store } = processes();
    const left: number[] = [];
    const { bulk: inner, leases } = store.projections;
    const bulk: ProjectionBulk = instead(inner!, {
      async leave(versions, owner) {
        left.push(versions.length);
        return inner!.leave(versions, owner);
      },
    });
    const eventStore = instead(store, {
      projections: instead<ProjectionStore>(store.projections, { bulk }) as typeof store.projections,
    });
    const running = processes().start(NAMES.map(counts), { eventStore });
    await happen(store, ids);
    await running.settled();
    await running.close();
    expect(left).toEqual([NAMES.length]);
    for (const name of NAMES) expect(await leases.members(name, 1)).toEqual([]);
  });

  test('a store that fails in bulk for a while loses nothing, and it is told', async () => {
    const { store } = processes();
    let isAway = false;
    let refused = 0;
    const { bulk: inner } = store.projections;
    const fails =
      <Q, A>(work: (questions: readonly Q[]) => Promise<A>) =>
      (questions: readonly Q[]) => {
        if (!isAway) return work(questions);
        refused++;
        return Promise.reject(new Error('the store is away'));
      };
    const bulk: ProjectionBulk = instead(inner!, {
      claim: fails(claims => inner!.claim(claims)),
      parked: fails(versions => inner!.parked(versions)),
      versions: fails(names => inner!.versions(names)),
    });
    const eventStore = instead(store, {
      projections: instead<ProjectionStore>(store.projections, { bulk }) as typeof store.projections,
    });
    const told: unknown[] = [];
    const running = processes().start(NAMES.map(counts), { eventStore, onError: error => void told.push(error) });
    await running.settled();
    isAway = true;
    await until(() => refused > 4 && told.length > 0, 'it was asked again, and has told so');
    isAway = false;
    await happen(store, ids);
    await running.settled();
    for (const name of NAMES) expect(await countsOf(name)).toEqual(ids.map(() => 1));
    expect(told.every(error => (error as Error).message === 'the store is away')).toBe(true);
  });
});

import { defineProjection, defineReactor } from 'eventuality';
import type { EventStore } from '../../../src/store';
import { onEachStore } from '../../support/processes';
import { until } from '../../support/waiting';

const COMMON = 9000;

/** Appends events that have no handler, and among them some that have: one in a thousand. */
async function appendCommon(store: EventStore, count: number): Promise<bigint> {
  let position = 0n;
  for (let first = 0; first < count; first += 1000) {
    const events = Array.from({ length: 1000 }, (_, n) => ({ name: n === 500 ? 'Rare' : 'Common', payload: {} }));
    const stream = { aggregateName: 'Thing', aggregateId: `${first} ${Math.random()}` };
    const outcome = await store.append([{ stream, expected: 'none', events }]);
    if (outcome.ok) position = outcome.events.at(-1)!.position;
  }
  return position;
}

onEachStore(processes => {
  const rare = (options: object = {}) =>
    defineProjection<{ count: number }>({
      name: 'rare',
      on: {
        async Rare(_, { documents }) {
          documents.set('all', { count: ((await documents.get('all'))?.count ?? 0) + 1 });
        },
      },
      ...options,
    });
  const count = async (): Promise<unknown> => {
    const { projections } = processes().store;
    const version = await projections.active('rare');
    return (await projections.get('rare', version!, ['all'])).get('all');
  };
  const checkpoints = async (segments: number, version = 1): Promise<bigint[]> =>
    Promise.all(
      Array.from({ length: segments }, (_, segment) =>
        processes().store.projections.checkpoint({ projection: 'rare', version, segment }),
      ),
    );

  test('a projection of few events comes to the end of the log, and so do the checkpoints of its segments', async () => {
    const head = await appendCommon(processes().store, COMMON);
    const running = processes().start([rare({ segments: 3, sequenceBy: 'aggregate' })]);
    await running.waitFor(head, { timeout: 20_000 });
    expect(await count()).toEqual({ count: 9 });
    await until(async () => (await checkpoints(3)).every(each => each === head), 'the checkpoints');
    const [event] = await processes().store.readAll({ after: head - 1n });
    expect(event!.name).toBe('Common');
    // The end is followed: what comes is handled once.
    const next = await appendCommon(processes().store, 1000);
    await running.waitFor(next, { timeout: 20_000 });
    expect(await count()).toEqual({ count: 10 });
  });

  test('a rebuild of a projection of few events switches while events come in', async () => {
    await appendCommon(processes().store, COMMON);
    const running = processes().start([rare()]);
    await running.settled();
    const rebuild = await running.of('rare').rebuild();
    const head = await appendCommon(processes().store, 2000);
    await rebuild.done;
    await running.waitFor(head, { timeout: 20_000 });
    expect(await processes().store.projections.active('rare')).toBe(2);
    expect(await count()).toEqual({ count: 11 });
  });

  test('an inline projection of few events catches up, and appends go on from where it is', async () => {
    const before = await appendCommon(processes().store, COMMON);
    const running = processes().start([rare({ mode: 'inline' })]);
    await running.ready();
    await running.waitFor(before, { timeout: 20_000 });
    expect(await count()).toEqual({ count: 9 });
    await until(async () => (await checkpoints(1))[0] === before, 'the checkpoint');
  });

  test('a reactor that was away for long handles the few events that it missed, each once', async () => {
    const seen: bigint[] = [];
    const reactor = defineReactor({ name: 'reactor', on: { Rare: (_, { event }) => void seen.push(event.position) } });
    const { store } = processes();
    const first = processes().start([reactor]);
    await first.ready();
    await first.close();
    const head = await appendCommon(store, COMMON);
    const second = processes().start([reactor]);
    await second.waitFor(head, { timeout: 20_000 });
    const rareOnes = await store.readAll({ names: ['Rare'] });
    expect(seen).toEqual(rareOnes.map(({ position }) => position));
    expect(seen).toHaveLength(9);
  });
});

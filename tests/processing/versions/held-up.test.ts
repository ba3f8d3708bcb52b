import type { ProjectionDefinition } from 'eventuality';
import type { EventProcessor } from 'eventuality/operations';
import { LogHead } from '../../../src/processing/status/log-head';
import { Rate } from '../../../src/processing/status/rate';
import { progressOf } from '../../../src/processing/versions/rebuild-progress';
import { KnownHistory } from '../../../src/store';
import { happen, onEachStore, type Processes, type Tally, tally } from '../../support/processes';
import { until } from '../../support/waiting';

onEachStore(processes => {
  const read = async (id: string): Promise<Tally | undefined> => {
    const { projections } = processes().store;
    const version = await projections.active('tally');
    return (await projections.get('tally', version!, [id])).get(id) as Tally | undefined;
  };

  /**
   * Five events of each of two aggregates, which the first version has handled; the next one does not take the third of
   * `a`.
   */
  async function begun(
    poison: { active: boolean },
    next: (poisoned: ProjectionDefinition) => ReturnType<Processes['start']>,
  ) {
    const { store } = processes();
    for (let n = 1; n <= 5; n++) for (const id of ['a', 'b']) await happen(store, [id], `${id}${n}`);
    const first = processes().start([tally()]);
    await first.settled();
    const processor = next(
      tally({ version: 2 }, text => {
        if (poison.active && text === 'a3') throw new Error('I cannot map a3');
      }),
    ).of('tally');
    await until(async () => ((await processor.status()).rebuild?.heldUpBy ?? 0) > 0);
    return { first, processor };
  }

  const isHeldUp = async (processor: EventProcessor): Promise<void> => {
    expect(await read('a')).toEqual({ count: 5, last: 'a5' });
    expect(await processor.status()).toMatchObject({
      activeVersion: 1,
      healthy: false,
      rebuild: { version: 2, heldUpBy: 1 },
    });
  };

  test('a version that has parked what the active one has handled does not take over, and says so', async () => {
    const { processor } = await begun({ active: true }, each => processes().start([each]));
    // Longer than some looks, and all tries.
    await until(async () => (await processor.deadLetters({ version: 2 }))[0]?.attempts === 3);
    const position = await happen(processes().store, ['b'], 'b6');
    await until(async () => (await processes().store.projections.leases.segments('tally', 2))[0]!.position >= position);
    await new Promise(resolve => setTimeout(resolve, 600));
    await isHeldUp(processor);
    const letters = await processor.deadLetters({ version: 2 });
    expect(letters.map(({ sequence }) => sequence)).toEqual(['Thing/a', 'Thing/a', 'Thing/a']);
    const rebuild = await processor.rebuild();
    for await (const { version, heldUpBy } of rebuild.progress()) {
      expect([version, heldUpBy]).toEqual([2, 1]);
      break;
    }
    const rate = new Rate();
    rate.add(0);
    const parts = {
      store: processes().store.projections,
      head: new LogHead(processes().store, new KnownHistory(processes().store, {})),
    };
    const progress = await progressOf(parts, 'tally', 2, rate);
    expect(progress).toMatchObject({ done: progress.total, secondsLeft: undefined });
    expect(progress.rate).toBeGreaterThan(0);
  });

  test('retry() reaches what is parked in the version that fills; then it takes over', async () => {
    const poison = { active: true };
    const { processor } = await begun(poison, each => processes().start([each]));
    await until(async () => (await processor.deadLetters({ version: 2 }))[0]?.attempts === 3);
    poison.active = false;
    expect(await processor.retry('Thing/a')).toBe(1);
    await until(async () => (await processor.status()).activeVersion === 2);
    expect(await read('a')).toEqual({ count: 5, last: 'a5' });
    expect(await processor.status()).toMatchObject({ healthy: true, rebuild: undefined, parked: [] });
  });

  test('discard({ version }) gives up what holds it up', async () => {
    const { first, processor } = await begun({ active: true }, each => processes().start([each]));
    expect(await first.of('tally').discard()).toBe(0);
    await until(async () => (await processor.deadLetters({ version: 2 }))[0]?.attempts === 3);
    const [letter] = await processor.deadLetters({ version: 2 });
    expect(await processor.discard({ version: 2, position: letter!.position })).toBe(1);
    await until(async () => (await processor.status()).activeVersion === 2);
    expect(await read('a')).toEqual({ count: 4, last: 'a5' });
    await until(async () => (await processor.status()).healthy);
  });

  test('switchAnyway() switches, also in a process that has not begun it', async () => {
    const poisoned: ProjectionDefinition[] = [];
    const { processor } = await begun({ active: true }, each => {
      poisoned.push(each);
      return processes().start([each]);
    });
    const begunThere = await processor.rebuild();
    const another = processes().start(poisoned, { leaseDuration: 60_000 });
    const here = await another.of('tally').rebuild();
    expect(here.version).toBe(begunThere.version);
    await here.switchAnyway();
    await begunThere.done;
    expect(await read('a')).toEqual({ count: 2, last: 'a2' });
    expect(await read('b')).toEqual({ count: 5, last: 'b5' });
    await until(async () => (await processor.status()).parked.length === 1);
  });

  test('what is parked in both, as early, does not hold a rebuild up', async () => {
    const { store } = processes();
    for (const text of ['a1', 'a2', 'a3']) await happen(store, ['a'], text);
    const projections = processes().start([
      tally({}, text => {
        if (text === 'a2') throw new Error('never');
      }),
    ]);
    await projections.settled();
    await (await projections.of('tally').rebuild()).done;
    expect(await read('a')).toEqual({ count: 1, last: 'a1' });
    expect(await store.projections.active('tally')).toBe(2);
  });

  test('what is parked earlier than in the version that is read holds a rebuild up', async () => {
    const { store } = processes();
    for (const text of ['a1', 'a2', 'a3']) await happen(store, ['a'], text);
    let poison = 'a3';
    const projections = processes().start([
      tally({}, text => {
        if (text === poison) throw new Error('not this one');
      }),
    ]);
    await projections.settled();
    poison = 'a2';
    const rebuild = await projections.of('tally').rebuild();
    await until(async () => ((await projections.of('tally').status()).rebuild?.heldUpBy ?? 0) === 1);
    expect(await read('a')).toEqual({ count: 2, last: 'a2' });
    const seen: unknown[] = [];
    const watching = (async () => {
      for await (const { version } of rebuild.progress()) seen.push(version);
    })();
    await until(async () => seen.length > 0);
    await rebuild.cancel();
    await expect(rebuild.done).rejects.toMatchObject({ code: 'REBUILD_CANCELLED' });
    await watching;
    for await (const _ of rebuild.progress()) throw new Error('There is no progress of what was cancelled.');
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { happen, onEachStore, tally } from '../../support/processes';
import { until } from '../../support/waiting';

onEachStore(processes => {
  const activeVersion = async (): Promise<number | undefined> => processes().store.projections.active('tally');

  test('what segments have passed over is stored before each try of a switch', async () => {
    const { store } = processes();
    const { projections } = store;
    // All of one aggregate: three of the four segments pass over them.
    await happen(store, ['thing']);
    const processors = processes().start([tally({ segments: 4 })], { eventStore: store });
    await processors.settled();
    const filledTo = async (): Promise<bigint> => {
      const states = await projections.leases.segments('tally', 2);
      return states.reduce((most, { position }) => (position > most ? position : most), 0n);
    };
    const transaction = projections.transaction.bind(projections);
    let tries = 0;
    const tried = jest.spyOn(projections, 'transaction').mockImplementation(async work => {
      if (++tries === 1) {
        // An event that comes just then: only the segment that has it commits.
        const position = await happen(store, ['thing']);
        await processors.waitFor(position);
        await until(async () => (await filledTo()) >= position);
      }
      return transaction(work);
    });
    await (await processors.of('tally').rebuild()).done;
    expect(await activeVersion()).toBe(2);
    // Two, and not as many as fit in between two looks after the checkpoints.
    expect(tries).toBeLessThan(4);
    tried.mockRestore();
  });

  test.each([
    [4, 4],
    [4, 8],
    [3, 8],
  ])('a version takes over while events come all the time: %s segments before, %s now', async (before, now) => {
    const { store } = processes();
    const old = processes().start([tally({ segments: before })], { eventStore: store });
    await old.settled();
    let isOver = false;
    const appending = (async () => {
      for (let n = 0; !isOver; n++) {
        await happen(store, [`thing-${n % 40}`]);
        await sleep(1);
      }
    })();
    const projections = processes().start([tally({ segments: now, version: 2 })]);
    await projections.ready();
    while ((await activeVersion()) !== 2) await sleep(5);
    isOver = true;
    await appending;
    await projections.settled();
    expect(await projections.of('tally').status()).toMatchObject({ state: 'following', version: 2 });
  });
});

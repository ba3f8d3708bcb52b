import { happen, onEachStore, tally } from '../../support/processes';
import { until } from '../../support/waiting';

const HOUR = 3_600_000;
const real = Date.now;

/** Sets the clock of the machine, as this process sees it. */
const setClock = (by: number): void => void jest.spyOn(Date, 'now').mockImplementation(() => real() + by);
afterEach(() => jest.restoreAllMocks());

onEachStore(processes => {
  test.each([
    ['back', -HOUR],
    ['forward', HOUR],
  ])('processors go on when the clock is set %s by an hour under load', async (_, by) => {
    const { store } = processes();
    const projections = processes().start([tally()], { eventStore: store, leaseDuration: 1000 });
    await projections.waitFor(await happen(store, ['a']));
    let writing = true;
    const writers = Array.from({ length: 4 }, async () => {
      while (writing) {
        await happen(store, ['a']);
        await new Promise(resolve => setTimeout(resolve, 3));
      }
    });
    await new Promise(resolve => setTimeout(resolve, 200));
    setClock(by);
    for (let look = 0; look < 5; look++) {
      await projections.waitFor(await happen(store, ['a']), { timeout: 40_000 });
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    writing = false;
    await Promise.all(writers);
    await projections.waitFor(await happen(store, ['a']), { timeout: 40_000 });
  });

  test('the lease of a dead owner does not outlive it by the hour that the clock is set back', async () => {
    const { projections } = processes().store;
    await projections.prepare({ name: 'things', version: 1, indexes: [] });
    const { leases } = projections;
    const segment = { projection: 'things', version: 1, segment: 0 };
    expect(await leases.claim(segment, { owner: 'dead', duration: 300 })).toMatchObject({ ok: true });
    setClock(-HOUR);
    const other = { owner: 'other', duration: 300 };
    await until(async () => (await leases.claim(segment, other)).ok);
    expect(await leases.segments('things', 1)).toMatchObject([{ owner: 'other' }]);
  });

  test('a lease does not change hands because the clock is corrected a little', async () => {
    const { projections } = processes().store;
    await projections.prepare({ name: 'things', version: 1, indexes: [] });
    const { leases } = projections;
    const segment = { projection: 'things', version: 1, segment: 0 };
    await leases.claim(segment, { owner: 'one', duration: 5000 });
    setClock(-900);
    expect(await leases.claim(segment, { owner: 'other', duration: 300 })).toMatchObject({ ok: false, owner: 'one' });
    expect(await leases.segments('things', 1)).toMatchObject([{ owner: 'one' }]);
  });
});

import { defineProjection, Flow } from 'eventuality';
import type { ProjectionStore } from '../../../src/store';
import { SILENT } from '../../support/logger';
import { happen, onEachStore, type Tally, tally } from '../../support/processes';
import { until } from '../../support/waiting';

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `thing-${n}`);

onEachStore(processes => {
  const versionsOf = async (): Promise<[number, boolean][]> =>
    (await processes().store.projections.versions('tally')).map(({ version, active }) => [version, active]);
  const read = async (id: string): Promise<Tally | undefined> => {
    const { projections } = processes().store;
    return (await projections.get('tally', (await projections.active('tally'))!, [id])).get(id) as Tally | undefined;
  };

  /**
   * The store of a process, which waits before it drops until the other version is read: so a cancellation meets the
   * switch.
   */
  const droppingLate = () => {
    const { store } = processes();
    const projections = new Proxy(store.projections, {
      get(target, key) {
        const value = Reflect.get(target, key);
        if (key !== 'drop') return typeof value === 'function' ? value.bind(target) : value;
        return async (...dropped: Parameters<ProjectionStore['drop']>) => {
          await until(async () => (await target.active(dropped[0])) !== 1);
          return target.drop(...dropped);
        };
      },
    });
    return new Proxy(store, {
      get(target, key) {
        if (key === 'projections') return projections;
        const value = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };

  test('a rebuild that is cancelled when readers have just been switched is done: what they see is not dropped', async () => {
    await happen(processes().store, ids(20));
    const projections = processes().start([tally()], { eventStore: droppingLate() });
    await projections.settled();
    const rebuild = await projections.of('tally').rebuild();
    await rebuild.cancel();
    await expect(rebuild.done).resolves.toBeUndefined();
    expect(await read('thing-7')).toEqual({ count: 1, last: 'something' });
    const position = await happen(processes().store, ['thing-7'], 'later');
    await projections.of('tally').waitFor(position);
    expect(await read('thing-7')).toEqual({ count: 2, last: 'later' });
    await until(async () => (await versionsOf()).toString() === '2,true');
  });

  test('rebuilds that are cancelled at any moment leave readers one version, with all documents', async () => {
    await happen(processes().store, ids(20));
    const projections = processes().start([tally()]);
    await projections.settled();
    for (let round = 0; round < 12; round++) {
      const rebuild = await projections.of('tally').rebuild();
      await new Promise(resolve => setTimeout(resolve, round * 8));
      await rebuild.cancel();
      const cancelled = await rebuild.done.then(
        () => false,
        error => error.code === 'REBUILD_CANCELLED' || error,
      );
      const versions = await versionsOf();
      expect(versions.filter(([, active]) => active)).toHaveLength(1);
      expect(versions.some(([version]) => version === rebuild.version)).toBe(!cancelled);
      expect(await read('thing-7')).toEqual({ count: 1, last: 'something' });
    }
  });

  test('several rebuild() at once, in one process or several, are one rebuild; who cancels it cancels it for all', async () => {
    await happen(processes().store, ids(20));
    let goOn = (): void => undefined;
    let open: Promise<void> | undefined;
    const started = [1, 2, 3].map(() => processes().start([tally({}, () => open)]));
    await Promise.all(started.map(projections => projections.settled()));
    open = new Promise(resolve => (goOn = resolve));
    const rebuilds = await Promise.all([...started, ...started].map(projections => projections.of('tally').rebuild()));
    expect(rebuilds.map(({ version }) => version)).toEqual(Array(6).fill(2));
    expect(await versionsOf()).toEqual([
      [1, true],
      [2, false],
    ]);
    const cancelling = rebuilds[4]!.cancel();
    for (const { done } of rebuilds)
      await expect(done).rejects.toMatchObject({ code: 'REBUILD_CANCELLED', version: 2 });
    goOn();
    await cancelling;
    expect(await versionsOf()).toEqual([[1, true]]);
    open = undefined;
    const again = await Promise.all(started.map(projections => projections.of('tally').rebuild()));
    await Promise.all(again.map(({ done }) => done));
    await until(async () => (await versionsOf()).length === 1);
    expect(await read('thing-7')).toEqual({ count: 1, last: 'something' });
  });

  test('what replay: skip leaves out is older than the first version: a rebuild, and other indexes, make the same again', async () => {
    const { store } = processes();
    await happen(store, ['old']);
    const first = processes().start([tally({ replay: 'skip' })]);
    await first.settled();
    await happen(store, ['new']);
    await first.settled();
    const expectSame = async (): Promise<void> => {
      expect([await read('old'), await read('new')]).toEqual([undefined, { count: 1, last: 'something' }]);
    };
    await expectSame();
    await (await first.of('tally').rebuild()).done;
    await expectSame();
    await first.close();
    const indexed = processes().start([tally({ replay: 'skip', indexes: ['count'] })]);
    await until(async () => (await indexed.of('tally').status()).state === 'following');
    await until(async () => (await versionsOf()).toString() === '3,true');
    await expectSame();
    await (await indexed.of('tally').rebuild()).done;
    await expectSame();
  });

  test('handlers are told of a replay for the same events in each version', async () => {
    const { store } = processes();
    await happen(store, ['old']);
    const told: string[] = [];
    const telling = defineProjection<object>({
      name: 'tally',
      on: {
        Happened: (_, { event, replaying, documents }) => {
          told.push(`${event.aggregateId} ${replaying}`);
          documents.set(event.aggregateId, {});
        },
      },
    });
    const projections = processes().start([telling]);
    await projections.settled();
    await happen(store, ['new']);
    await projections.settled();
    await (await projections.of('tally').rebuild()).done;
    expect(told).toEqual(['old true', 'new false', 'old true', 'new false']);
  });

  test('rebuilds by three processes leave nothing of the versions before', async () => {
    const { store } = processes();
    await happen(store, ids(40));
    const started = [1, 2, 3].map(() => processes().start([tally({ segments: 3 })]));
    await Promise.all(started.map(projections => projections.settled()));
    for (let round = 0; round < 6; round++) await (await started[round % 3]!.of('tally').rebuild()).done;
    await until(async () => (await versionsOf()).toString() === '7,true');
    await Promise.all(started.map(projections => projections.close()));
    for (let version = 1; version < 7; version++) {
      expect(await store.projections.leases.segments('tally', version)).toEqual([]);
      expect(await store.projections.checkpoint({ projection: 'tally', version, segment: 0 })).toBe(0n);
    }
    expect(await store.projections.leases.segments('tally', 7)).not.toEqual([]);
  });

  test('appends by two processes with an inline projection go through while it is rebuilt again and again, and each is counted once', async () => {
    const stores = [1, 2].map(() => processes().store);
    const definition = { ...tally(), options: { mode: 'inline' } as const };
    const flows = stores.map(eventStore => new Flow({ eventStore, processors: [definition], logger: SILENT }));
    let rebuilding = true;
    const appended = [0, 0];
    const appending = flows.map(async (flow, place) => {
      do {
        await happen(flow.eventStore, [`by-${place}`]);
        appended[place]!++;
        await new Promise(resolve => setImmediate(resolve));
      } while (rebuilding);
    });
    try {
      await until(async () => appended.every(count => count > 0));
      for (let round = 0; round < 10; round++) await (await flows[round % 2]!.processors.of('tally').rebuild()).done;
    } finally {
      rebuilding = false;
      await Promise.allSettled(appending);
    }
    await Promise.all(appending);
    for (const flow of flows)
      for (const [by, count] of appended.entries())
        expect(await flow.readModel<Tally>('tally').get(`by-${by}`)).toMatchObject({ count });
    await Promise.all(flows.map(flow => flow.close()));
  }, 60_000);
});

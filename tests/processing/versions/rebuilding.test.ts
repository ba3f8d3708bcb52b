import { type EventStore, Flow } from 'eventuality';
import { type RebuildProgress } from 'eventuality/operations';
import type { ProjectionStore } from '../../../src/store';
import { SILENT } from '../../support/logger';
import { happen, noting, onEachStore, type Tally, tally } from '../../support/processes';
import { until } from '../../support/waiting';

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `thing-${n}`);

/** An object with some members of its own in front of those of another. */
const before = <T extends object>(own: Partial<T>, target: T): T =>
  new Proxy(target, {
    get(_, key) {
      if (key in own) return Reflect.get(own, key);
      const value = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

/** The store, but versions are not dropped before a promise resolves. */
const dropsAfter = (
  promise: Promise<void>,
  store: EventStore & { readonly projections: ProjectionStore },
): EventStore => {
  const drop: ProjectionStore['drop'] = (...dropped) => promise.then(() => store.projections.drop(...dropped));
  // It appends and reads as the store does: its projections say so, or it would get no inline ones.
  const [append, readAll] = [store.append.bind(store), store.readAll.bind(store)];
  const projections: { -readonly [Key in keyof ProjectionStore]?: ProjectionStore[Key] } = { drop };
  const dropping: EventStore = before<EventStore>(
    { append, readAll, projections: before<ProjectionStore>(projections, store.projections) },
    store,
  );
  projections.eventsBeside = { store: dropping, append, readAll };
  return dropping;
};

onEachStore(processes => {
  const versionsOf = async (name = 'tally'): Promise<[number, boolean][]> =>
    (await processes().store.projections.versions(name)).map(({ version, active }) => [version, active]);
  const read = async (id: string): Promise<Tally | undefined> => {
    const { projections } = processes().store;
    const version = await projections.active('tally');
    return version === undefined
      ? undefined
      : ((await projections.get('tally', version, [id])).get(id) as Tally | undefined);
  };

  test('a rebuild fills beside what is read, switches in one step, and forgets the old version', async () => {
    const { store } = processes();
    await happen(store, ids(500));
    const projections = processes().start([tally()]);
    await projections.settled();
    const rebuild = await projections.of('tally').rebuild();
    const progress: RebuildProgress[] = [];
    let readings = 0;
    const reading = (async () => {
      while (progress.at(-1)?.secondsLeft !== 0) {
        expect(await read('thing-7')).toEqual({ count: 1, last: 'something' });
        readings++;
        await new Promise(resolve => setImmediate(resolve));
      }
    })();
    for await (const each of rebuild.progress()) progress.push(each);
    await rebuild.done;
    await reading;
    expect(readings).toBeGreaterThan(0);
    expect(progress.at(-1)).toMatchObject({ version: 2, done: 500, total: 500, secondsLeft: 0 });
    expect(await read('thing-7')).toEqual({ count: 1, last: 'something' });
    await until(async () => (await versionsOf()).toString() === '2,true');
  });

  test('while events come in, no read returns an older state than before', async () => {
    const { store } = processes();
    await happen(store, ids(200));
    const projections = processes().start([tally()]);
    await projections.settled();
    let writing = true;
    const written = (async () => {
      let count = 1;
      for (; writing; count++) {
        await happen(store, ['thing-0'], `${count}`);
        await new Promise(resolve => setImmediate(resolve));
      }
      return count;
    })();
    const rebuild = await projections.of('tally').rebuild();
    let over = false;
    rebuild.done.catch(() => undefined).finally(() => (over = true));
    let seen = 0;
    for (let after = 0; after < 20; after += over ? 1 : 0) {
      const found = await read('thing-0').catch(error => {
        if (error.code !== 'UNKNOWN_READ_MODEL') throw error;
        return read('thing-0');
      });
      expect(found!.count).toBeGreaterThanOrEqual(seen);
      seen = found!.count;
      await new Promise(resolve => setImmediate(resolve));
    }
    writing = false;
    const total = await written;
    await projections.settled();
    expect(await read('thing-0')).toEqual({ count: total, last: `${total - 1}` });
  });

  test('after the switch the version before does not change any more, though it is still there', async () => {
    const { store } = processes();
    await happen(store, ids(20));
    let drop = (): void => undefined;
    const dropping = new Promise<void>(resolve => (drop = resolve));
    const started = [1, 2].map(() =>
      processes().start([tally()], { eventStore: dropsAfter(dropping, processes().store) }),
    );
    await Promise.all(started.map(projections => projections.settled()));
    try {
      await (await started[0]!.of('tally').rebuild()).done;
      const position = await happen(store, ['thing-0'], 'after');
      await until(async () => (await read('thing-0'))?.count === 2);
      const old = (await store.projections.get('tally', 1, ['thing-0'])).get('thing-0');
      expect(old).toEqual({ count: 1, last: 'something' });
      await Promise.all(started.map(projections => projections.waitFor(position)));
    } finally {
      drop();
    }
    await until(async () => (await versionsOf()).toString() === '2,true');
  });

  test('what is appended just after a switch is found in an inline projection, by each process', async () => {
    let drop = (): void => undefined;
    const dropping = new Promise<void>(resolve => (drop = resolve));
    const projections = [{ ...tally(), options: { mode: 'inline' } as const }];
    const flows = [1, 2].map(
      () => new Flow({ eventStore: dropsAfter(dropping, processes().store), processors: projections, logger: SILENT }),
    );
    try {
      for (const { eventStore } of flows) await happen(eventStore, ['thing']);
      let count = flows.length;
      let over = false;
      const rebuild = await flows[0]!.processors.of('tally').rebuild();
      rebuild.done.catch(() => undefined).finally(() => (over = true));
      for (let after = 0; after < 20; after += over ? 1 : 0) {
        const flow = flows[count % flows.length]!;
        await happen(flow.eventStore, ['thing']);
        expect(await flow.readModel<Tally>('tally').get('thing')).toMatchObject({ count: ++count });
        await new Promise(resolve => setImmediate(resolve));
      }
    } finally {
      drop();
      await Promise.all(flows.map(flow => flow.close()));
    }
  }, 60_000);

  test('a cancelled rebuild leaves readers what they had; the next one begins anew', async () => {
    const { store } = processes();
    await happen(store, ids(50));
    let slow = false;
    const waits: (() => void)[] = [];
    const projections = processes().start([
      tally({}, () => (slow ? new Promise<void>(resolve => waits.push(resolve)) : undefined)),
    ]);
    await projections.settled();
    slow = true;
    const rebuild = await projections.of('tally').rebuild();
    expect((await projections.of('tally').rebuild()).version).toBe(rebuild.version);
    const cancelling = rebuild.cancel();
    slow = false;
    await expect(rebuild.done).rejects.toMatchObject({ code: 'REBUILD_CANCELLED', projection: 'tally', version: 2 });
    for (const go of waits) go();
    await cancelling;
    expect(await versionsOf()).toEqual([[1, true]]);
    await (await projections.of('tally').rebuild()).done;
    expect(await read('thing-7')).toEqual({ count: 1, last: 'something' });
  });

  test('a rebuild that a process did not finish goes on with the next one', async () => {
    const { store } = processes();
    await happen(store, ids(2000));
    let handled = 0;
    const first = processes().start([tally()]);
    await first.settled();
    await first.close();
    const stopped = (signal: AbortSignal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const ending = processes().start([tally({}, (_, signal) => (++handled > 1200 ? stopped(signal) : undefined))]);
    const { version } = await ending.of('tally').rebuild();
    while (handled <= 1200) await new Promise(resolve => setImmediate(resolve));
    await ending.close();
    expect(await versionsOf()).toEqual([
      [1, true],
      [version, false],
    ]);
    let again = 0;
    const next = processes().start([tally({}, () => void again++)]);
    await (await next.of('tally').rebuild()).done;
    await until(async () => (await versionsOf()).toString() === `${version},true`);
    // What the process before had done it has kept, up to the event that it could not finish.
    expect(again).toBe(800);
    expect(await read('thing-1999')).toEqual({ count: 1, last: 'something' });
  });

  test('another version of the class is filled beside the old, which then goes; and back again', async () => {
    const { store } = processes();
    await happen(store, ids(20));
    const old = processes().start([tally()]);
    await old.settled();
    const newer = processes().start([tally({ version: 2, indexes: ['count'] })]);
    await until(async () => (await versionsOf()).toString() === '2,true');
    await until(async () => (await old.of('tally').status()).state === 'superseded');
    expect(await newer.of('tally').status()).toMatchObject({ state: 'following', version: 2 });
    await Promise.all([old.close(), newer.close()]);
    processes().start([tally()]);
    await until(async () => (await versionsOf()).toString() === '3,true');
    expect(await read('thing-7')).toEqual({ count: 1, last: 'something' });
  });

  test('a listener is not rebuilt, since its effects are not undone; in another number of segments it goes on where it was', async () => {
    const { store } = processes();
    const notes: string[] = [];
    const first = processes().start([noting(notes)]);
    await first.settled();
    await happen(store, ids(6), 'one');
    await first.settled();
    await expect(first.of('noting').rebuild()).rejects.toMatchObject({ code: 'NOTHING_TO_REBUILD' });
    await first.close();
    await happen(store, ids(6), 'two');
    const second = processes().start([noting(notes, { segments: 3 })]);
    await second.settled();
    expect(notes).toEqual([...Array(6).fill('one'), ...Array(6).fill('two')]);
    await until(async () => (await versionsOf('noting')).toString() === '2,true');
  });
});

import { Flow } from 'eventuality';
import { SILENT } from '../../support/logger';
import { happen, onEachStore, RETRY, type Tally, tally } from '../../support/processes';
import { until } from '../../support/waiting';

/** Retries mean nothing in this mode. */
const inline = (handle?: (text: string) => unknown) => ({ ...tally({}, handle), options: { mode: 'inline' } as const });

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `thing-${n}`);

onEachStore(processes => {
  test('before any process has followed it is starting, elsewhere too; it fills for the first time; closed it can be read', async () => {
    const { store } = processes();
    await happen(store, ids(3));
    const looking = processes().start([tally()], { follow: false });
    await until(async () => (await looking.status())[0]!.head === 3n);
    await looking.waitFor(0n);
    expect(await looking.of('tally').status()).toMatchObject({
      state: 'starting',
      version: undefined,
      activeVersion: undefined,
    });
    let go = (): void => undefined;
    const gate = new Promise<void>(resolve => (go = resolve));
    const projections = processes().start([tally({}, () => gate)]);
    await until(async () => (await projections.of('tally').status()).segments[0]?.owner !== undefined);
    expect(await projections.of('tally').status()).toMatchObject({ state: 'filling', version: 1, activeVersion: 1 });
    go();
    await projections.settled();
    expect(await projections.of('tally').status()).toMatchObject({ state: 'following', position: 3n });
    await until(async () => (await looking.of('tally').status()).state === 'following');
    await projections.close();
    expect(await projections.of('tally').status()).toMatchObject({ state: 'closed', version: 1, position: 3n });
    await store.close();
    for (const opened of [projections, looking]) await opened.close();
  });

  test('closed together with its store, it says how it was', async () => {
    const flow = new Flow({ eventStore: processes().store, processors: [tally()], logger: SILENT });
    await flow.processors.ready();
    const position = await happen(flow.eventStore, ['a']);
    await flow.waitFor(position);
    await flow.processors.status();
    await flow.close();
    await flow.eventStore.close();
    expect(await flow.processors.status()).toMatchObject([{ name: 'tally', state: 'closed', version: 1, position }]);
  });

  test('the last error is what a handler threw, with its stack also after the last try, and not what the store says afterwards', async () => {
    const { store } = processes();
    let fails = false;
    const eventStore = new Proxy(store, {
      get(target, key) {
        if (key === 'readAll' && fails) return () => Promise.reject(new Error('the store is away'));
        const value = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const projections = processes().start([tally({}, () => Promise.reject(new TypeError('no')))], { eventStore });
    const position = await happen(store, ['a']);
    await projections.settled();
    await until(async () => (await projections.of('tally').deadLetters())[0]?.attempts === RETRY.attempts);
    const error = { message: 'no', position, stack: expect.stringMatching(/^TypeError: no\n +at /) };
    expect(await projections.of('tally').status()).toMatchObject({ lastError: error });
    fails = true;
    await projections.of('tally').retry();
    fails = false;
    expect(await projections.of('tally').status()).toMatchObject({ lastError: error });
  });

  test('the last error of an inline projection is that of the append which it has refused', async () => {
    const projections = [inline(text => (text === 'poison' ? Promise.reject(new Error('no')) : undefined))];
    const flow = new Flow({ eventStore: processes().store, processors: projections, logger: SILENT });
    try {
      await happen(flow.eventStore, ['a']);
      await expect(happen(flow.eventStore, ['a'], 'poison')).rejects.toMatchObject({ code: 'INLINE_PROJECTION' });
      const lastError = { message: 'no', stack: expect.stringContaining('Error: no\n'), position: undefined };
      expect(await flow.processors.of('tally').status()).toMatchObject({ lastError });
    } finally {
      await flow.close();
    }
  });

  test('when ready() has resolved, an inline projection is up to date with every append, however far it was behind', async () => {
    const { store } = processes();
    for (let n = 0; n < 3; n++) await happen(store, ids(900));
    const flow = new Flow({ eventStore: processes().store, processors: [inline()], logger: SILENT });
    try {
      await flow.processors.ready();
      await happen(flow.eventStore, ['new', 'thing-7']);
      const tallies = flow.readModel<Tally>('tally');
      expect([await tallies.get('new'), await tallies.get('thing-7')]).toMatchObject([{ count: 1 }, { count: 4 }]);
    } finally {
      await flow.close();
    }
  });

  test('ready() does not wait for an inline projection that has stopped before an earlier event', async () => {
    const { store } = processes();
    await happen(store, ['a'], 'poison');
    const failing = inline(() => Promise.reject(new Error('no')));
    const flow = new Flow({ eventStore: processes().store, processors: [failing], logger: SILENT });
    try {
      await flow.processors.ready();
      expect((await flow.processors.of('tally').status()).state).toBe('stopped');
    } finally {
      await flow.close();
    }
  });

  test('ready() does not wait for an inline projection that has stopped in another process', async () => {
    const { store } = processes();
    await happen(store, ['a'], 'poison');
    const stopping = tally({ onError: 'stop', retry: { attempts: 1 } }, () => Promise.reject(new Error('no')));
    // As a flow has an inline projection fill.
    const failing: typeof stopping = { ...stopping, options: { ...stopping.options, mode: 'inline' } };
    const first = processes().start([failing]);
    await until(async () => (await first.of('tally').status()).state === 'stopped');
    const second = processes().start([failing], { leaseDuration: 3_600_000 });
    await second.ready();
    expect(await second.of('tally').status()).toMatchObject({ state: 'stopped', position: 0n });
  });

  test('a query that only the other code has an index for is refused with what to do, before the switch and after it', async () => {
    const { store } = processes();
    await happen(store, ['a']);
    const open = (version: number, index: 'count' | 'last') => {
      const projections = [tally({ version, indexes: [index] })];
      return new Flow({
        eventStore: processes().store,
        processors: projections,
        logger: SILENT,
        follow: version === 1,
      });
    };
    const [old, newer] = [open(1, 'count'), open(2, 'last')];
    try {
      await old.waitFor(1n);
      await newer.waitFor(1n);
      expect(await old.readModel<Tally>('tally').find({ orderBy: 'count' })).toMatchObject({ items: [{ count: 1 }] });
      await expect(newer.readModel<Tally>('tally').find({ orderBy: 'last' })).rejects.toMatchObject({
        ...{ code: 'OTHER_INDEXES', projection: 'tally', version: 1, revision: 1, indexes: ['count'] },
        message: expect.stringContaining("its indexes are 'count'. This code's indexes are 'last'"),
      });
      // What its own code does not allow is a mistake of the query.
      await expect(newer.readModel<Tally>('tally').find({ orderBy: 'nothing' as 'last' })).rejects.toMatchObject({
        code: 'INVALID_DOCUMENT_QUERY',
      });
    } finally {
      await Promise.all([old.close(), newer.close()]);
    }
  });
});

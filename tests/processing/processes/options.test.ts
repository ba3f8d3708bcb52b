import { cancel, deadline, defineProcess, end } from 'eventuality/processes';
import { until } from '../../support/waiting';
import { command, type Fulfilment, fulfilment, scenes } from './orders';

const DAY = 86_400_000;
const scene = scenes();
type App = ReturnType<typeof scene>;
const manager = (app: App) => app.flow.processManagers.of('fulfilment');
const notesOf = async (app: App, id: string) =>
  (await manager(app).history(id)).steps.map(({ name, status, run }) => `${name} ${status} ${run}`);

/** Starts with an order, ends when it is cancelled, and hears of notes. */
const short = (options: Partial<Fulfilment> = {}) =>
  fulfilment({
    starts: {
      OrderPlaced: state => {
        state.steps.push('placed');
        return deadline('payment', { in: '1d' });
      },
    },
    on: { OrderNoted: state => void state.steps.push('noted') },
    ends: ['OrderCancelled'],
    ...options,
  });

describe('an event that starts an instance which runs', () => {
  test('parks it, unless something else is said', async () => {
    const app = scene({ processors: [short()] });
    await app.happens(command('Place', 'o1'), command('Place', 'o1'));
    expect(await app.instance('o1')).toMatchObject({
      ...{ status: 'parked', error: expect.stringContaining('it has already started') },
    });
  });

  test('is noted, or handled, where that is said', async () => {
    const ignoring = scene({ processors: [short({ startTwice: 'ignore' })] });
    await ignoring.happens(command('Place', 'o1'), command('Place', 'o1'));
    expect(await notesOf(ignoring, 'o1')).toEqual(['OrderPlaced handled 1', 'OrderPlaced noted 1']);
    const handling = scene({ processors: [short({ startTwice: 'handle' })] });
    await handling.happens(command('Place', 'o1'), command('Place', 'o1'));
    expect(await handling.instance('o1')).toMatchObject({ run: 1, state: { steps: ['placed', 'placed'] } });
  });
});

describe('an event for an instance that does not exist', () => {
  test('leaves nothing behind, or parks it', async () => {
    const app = scene({ processors: [short()] });
    await app.happens(command('Note', 'o1'));
    expect(await app.instance('o1')).toBeUndefined();
    expect(await notesOf(app, 'o1')).toEqual([]);
    const parking = scene({ processors: [short({ unknown: 'park' })] });
    await parking.happens(command('Note', 'o1'), command('Place', 'o1'));
    expect(await parking.instance('o1')).toMatchObject({ status: 'parked', run: 0 });
    await manager(parking).discard('o1');
    await parking.settle();
    expect(await parking.instance('o1')).toMatchObject({ status: 'running', run: 1, state: { steps: ['placed'] } });
  });
});

describe('an event that starts an instance which has ended', () => {
  test('begins another run, whose deadlines are its own', async () => {
    const app = scene({ processors: [short()] });
    await app.happens(command('Place', 'o1'), command('Cancel', 'o1'), command('Place', 'o1'), command('Note', 'o1'));
    expect(await app.instance('o1')).toMatchObject({
      status: 'running',
      run: 2,
      state: { steps: ['placed', 'noted'] },
    });
    expect(await notesOf(app, 'o1')).toEqual([
      ...['OrderPlaced handled 1', 'OrderCancelled handled 1', 'OrderPlaced handled 2', 'OrderNoted handled 2'],
    ]);
    expect((await manager(app).history('o1')).deadlines).toHaveLength(1);
    await app.passes(DAY);
    expect(await app.instance('o1')).toMatchObject({
      status: 'ended',
      run: 2,
      state: { steps: ['placed', 'noted', 'late'] },
    });
  });

  test('is noted, or parks it, where that is said', async () => {
    const ignoring = scene({ processors: [short({ again: 'ignore' })] });
    await ignoring.happens(command('Place', 'o1'), command('Cancel', 'o1'), command('Place', 'o1'));
    expect(await ignoring.instance('o1')).toMatchObject({ status: 'ended', run: 1 });
    const parking = scene({ processors: [short({ again: 'park' })] });
    await parking.happens(command('Place', 'o1'), command('Cancel', 'o1'), command('Place', 'o1'));
    expect(await parking.instance('o1')).toMatchObject({ status: 'parked', run: 1 });
    await manager(parking).discard('o1');
    await parking.settle();
    expect(await parking.instance('o1')).toMatchObject({ status: 'ended', run: 1 });
  });
});

describe('correlate', () => {
  test('leaves out an event for which it returns undefined', async () => {
    const app = scene({
      processors: [short({ correlate: ({ payload }) => (payload.orderId === 'o1' ? undefined : payload.orderId) })],
    });
    await app.happens(command('Place', 'o1'), command('Place', 'o2'));
    expect((await manager(app).find()).items.map(({ instance }) => instance)).toEqual(['o2']);
  });

  test.each<[string, Fulfilment['correlate'], string]>([
    ['throws', () => orderOf({}), 'threw an error (no order)'],
    ['returns a number', () => 7 as never, 'returned 7'],
    ['returns an empty text', () => '', 'it must return the key of an instance'],
  ])('that %s parks the event; with better code a retry takes it to its instance', async (_, correlate, fault) => {
    const app = scene({ processors: [short({ correlate, segments: 4 })] });
    await app.happens(command('Place', 'o1'));
    expect((await manager(app).find()).items).toMatchObject([
      { instance: 'Order/o1', status: 'parked', error: expect.stringContaining(fault) },
    ]);
    await app.restart({ processors: [short({ segments: 4 })] });
    expect(await manager(app).retry('Order/o1')).toBe(true);
    await app.settle();
    expect((await manager(app).find()).items).toMatchObject([{ instance: 'o1', status: 'running' }]);
  });
});

describe('what is older than the process', () => {
  const withHistory = async (options: Partial<Fulfilment>): Promise<App> => {
    const app = scene({ processors: [] });
    await app.happens(command('Place', 'o1'), command('Place', 'o2'), command('Note', 'o2'));
    app.clock.advanceBy(DAY / 2);
    await app.flow.dispatch(command('Place', 'o3'));
    app.clock.advanceBy(DAY / 2);
    await app.restart({ processors: [short(options)] });
    return app;
  };

  test('is left out', async () => {
    const app = await withHistory({});
    expect((await manager(app).find()).items).toEqual([]);
  });

  test('makes state and sends nothing with replay: fold; only deadlines that are still to come are kept', async () => {
    const app = await withHistory({ replay: 'fold' });
    expect(await app.instance('o2')).toMatchObject({ status: 'running', state: { steps: ['placed', 'noted'] } });
    expect(await app.events('o2')).toEqual(['OrderPlaced', 'OrderNoted']);
    await app.passes(DAY / 2);
    expect(await app.instance('o3')).toMatchObject({ status: 'ended' });
    expect(await app.instance('o1')).toMatchObject({ status: 'running' });
  });
});

describe('instances', () => {
  test('that have ended are forgotten after a while, with their histories', async () => {
    const app = scene({ processors: [short({ keep: '2d' })] });
    await app.happens(command('Place', 'o1'), command('Cancel', 'o1'), command('Place', 'o2'));
    await app.passes(2 * DAY - 1);
    expect(await app.instance('o1')).toMatchObject({ status: 'ended' });
    await app.passes(DAY);
    await until(async () => (await app.instance('o1')) === undefined);
    expect(await notesOf(app, 'o1')).toEqual([]);
    expect(await app.instance('o2')).toMatchObject({ status: 'ended' });
  });

  test('that have not changed for a while are found as idle', async () => {
    const app = scene({ processors: [short({ idle: '1h', deadlines: { payment: () => undefined } })] });
    await app.happens(command('Place', 'o1'), command('Place', 'o2'));
    await app.passes(3_600_000);
    await app.happens(command('Note', 'o2'));
    expect((await manager(app).find({ idle: true })).items.map(({ instance }) => instance)).toEqual(['o1']);
    expect((await manager(app).find({ status: 'running' })).items).toHaveLength(2);
  });

  test('are found page by page, and wrong questions are refused', async () => {
    const app = scene({ processors: [short()] });
    for (let n = 0; n < 5; n++) {
      app.clock.advanceBy(1000);
      await app.happens(command('Place', `o${n}`));
    }
    const first = await manager(app).find({ limit: 3 });
    const second = await manager(app).find({ limit: 3, after: first.cursor! });
    expect([...first.items, ...second.items].map(({ instance }) => instance)).toEqual(['o4', 'o3', 'o2', 'o1', 'o0']);
    expect(second.cursor).toBeUndefined();
    await expect(manager(app).find({ status: 'open' as never, limit: 0 })).rejects.toMatchObject({
      ...{ code: 'INVALID_OPTIONS', faults: [expect.stringContaining('status'), expect.stringContaining('limit')] },
    });
    expect(() => app.flow.processManagers.of('fulfillment')).toThrow("Did you mean 'fulfilment'");
  });
});

describe('a process that is defined wrongly', () => {
  test('is refused with all faults at once', () => {
    const define = (): unknown =>
      defineProcess({
        ...{ name: '', correlate: 7 as never, state: {}, starts: {}, startTwice: 'never' as never },
        ...{ keep: 'for ever', segments: 0, version: 0 },
      });
    expect(define).toThrow(/starts.*name.*correlate.*startTwice.*keep/s);
    const other = (): unknown =>
      defineProcess({
        ...{
          name: '$mine',
          correlate: 7 as never,
          state: {},
          starts: { A: () => end() },
          startTwice: 'never' as never,
        },
        ...{
          keep: 'for ever',
          idle: Number.MAX_SAFE_INTEGER,
          segments: 0,
          version: 0,
          ends: ['A'],
          deadlines: { $mine: () => cancel('$mine') },
        },
      });
    const { faults } = failureOf(other) as { faults: readonly string[] };
    for (const part of ['segments', 'version', 'correlate', 'startTwice', 'keep', 'idle', '$mine', 'starts and ends'])
      expect(faults.join('\n')).toContain(part);
  });
});

function failureOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

function orderOf({ orderId }: { orderId?: string }): string {
  if (orderId === undefined) throw new Error('no order');
  return orderId;
}

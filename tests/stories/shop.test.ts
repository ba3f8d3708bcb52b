import 'reflect-metadata';
import { bootstrap, type EventStore, type Flow, type RecordedEvent, type RetryRule } from 'eventuality';
import { range } from '../support/events';
import { SILENT } from '../support/logger';
import { built, Program } from '../support/programs';
import { type DurablePlace, withDurable, withStores } from '../support/stores/stores';
import { DURABLE, TESTED } from '../support/stores/tested';
import { everything } from '../support/stores/whole-stores';
import { until } from '../support/waiting';
import { ReceiveStock, RegisterCustomer, Shop, Stock } from './shop';
import type { ShopProcess } from './shop-process';
import { type Shopping, shop, type Told } from './shopping';

const PIECES = 20;
const ORDERS = range(1, 80);
const TIMEOUT_MS = 30_000;

/** Every second order each; of all orders a quarter comes to both processes, and another quarter twice to one. */
const FIRST: Shopping = { customer: 'bob', orders: ORDERS.filter(number => number % 2 === 0) };
const SECOND: Shopping = {
  customer: 'rob',
  orders: [
    ...ORDERS.filter(number => number % 2 === 1 || number % 4 === 0),
    ...ORDERS.filter(number => number % 4 === 1),
  ],
};

/** A shop with stock and one customer, in which nothing happens by itself. */
async function opened(eventStore: EventStore, follow: boolean): Promise<Flow> {
  const flow = await bootstrap(Shop, { eventStore, follow, logger: SILENT });
  await flow.dispatch(new RegisterCustomer('ann', 'ann@example.org'));
  await flow.dispatch(new ReceiveStock('lamp', PIECES));
  return flow;
}

/** Waits for the invoices, and returns all events. */
async function settled(flow: Flow): Promise<RecordedEvent[]> {
  const stored = await everything(flow.eventStore);
  await flow.waitFor(stored.at(-1)!.position, { timeout: TIMEOUT_MS });
  return everything(flow.eventStore);
}

const idsOf = (events: readonly RecordedEvent[], name: string): string[] =>
  events.filter(event => event.name === name).map(({ aggregateId }) => aggregateId);

function expectNothingOversold(events: readonly RecordedEvent[]): void {
  const sold = events
    .filter(({ name }) => name === 'stock.sold')
    .map(({ payload }) => payload as { orderId: string; pieces: number });
  expect(sold.reduce((sum, { pieces }) => sum + pieces, 0)).toBe(PIECES);
  expect(new Set(sold.map(({ orderId }) => orderId)).size).toBe(PIECES);
  const orders = idsOf(events, 'order.placed').sort();
  expect(orders).toEqual(sold.map(({ orderId }) => orderId).sort());
  expect(idsOf(events, 'invoice.sent').sort()).toEqual(orders.map(id => `invoice of ${id}`).sort());
}

function expectAnswers(told: readonly Told[], events: readonly RecordedEvent[]): void {
  const orders = told.filter(({ command }) => command.startsWith('order'));
  expect(orders).toHaveLength(120);
  const placed = new Set(idsOf(events, 'order.placed'));
  for (const { command, events: ids, error } of orders) {
    const own = events
      .filter(({ metadata, name }) => metadata.causationId === command && name !== 'invoice.sent')
      .map(({ id }) => id);
    expect({ command, ids, error }).toEqual({
      command,
      ...(placed.has(command) ? { ids: own, error: undefined } : { ids: undefined, error: 'OutOfStockError' }),
    });
  }
}

function expectOneOwner(told: readonly Told[], events: readonly RecordedEvent[]): void {
  const registered = told.filter(({ command }) => command.startsWith('register'));
  expect(registered.map(({ error }) => error).sort()).toEqual(['EmailTakenError', undefined]);
  const owner = registered.find(({ error }) => error === undefined)!.command.slice('register '.length);
  expect(idsOf(events, 'customer.registered')).toEqual(['ann', owner]);
  expect(idsOf(events, 'email.taken')).toEqual(['ann@example.org', 'bob@example.org']);
}

test.each(TESTED)(
  '%s: of 80 orders at once over 20 pieces 20 are placed, and one of two gets the e-mail',
  name =>
    withStores(name, 1, async ([store]) => {
      const flow = await opened(store!, true);
      const told = (await Promise.all([shop(flow, FIRST), shop(flow, SECOND)])).flat();
      const events = await settled(flow);
      expectNothingOversold(events);
      expectAnswers(told, events);
      expectOneOwner(told, events);
      expect((await flow.repository(Stock).load('lamp')).pieces).toBe(0);
      expect(await flow.processors.of('billing').deadLetters()).toEqual([]);
      await flow.close();
    }),
  60_000,
);

/** Lets two processes go shopping at the same moment. */
async function inTwoProcesses({ store, where }: DurablePlace, script: string, retry: RetryRule) {
  const flow = await opened(store, false);
  const programs = [FIRST, SECOND].map(
    shopping => new Program(script, { where, retry, ...shopping } satisfies ShopProcess),
  );
  const said = (lines: number) =>
    until(() => programs.every(program => program.lines.length === lines), `${lines} lines each`, TIMEOUT_MS);
  try {
    await said(1);
    for (const program of programs) program.send('SIGUSR2');
    await said(2);
    const events = await settled(flow);
    for (const program of programs) program.send('SIGTERM');
    const lines = await Promise.all(programs.map(program => program.finished()));
    const parked = await flow.processors.of('billing').deadLetters();
    await flow.close();
    return { told: lines.flatMap(([, answers]) => JSON.parse(answers!) as Told[]), events, parked };
  } finally {
    await Promise.all(programs.map(program => program.gone()));
  }
}

describe.each(DURABLE)('two processes, on %s', name => {
  const shopped = (retry: RetryRule) =>
    withDurable(name, (place, folder) => inTwoProcesses(place(), built('shop-process', folder, __dirname), retry));

  test('of 80 orders at once over 20 pieces 20 are placed, no caller meets a conflict, and one of two gets the e-mail', async () => {
    const { told, events, parked } = await shopped({});
    expectNothingOversold(events);
    expectAnswers(told, events);
    expectOneOwner(told, events);
    expect(parked).toEqual([]);
  }, 60_000);

  test('callers meet conflicts where nothing is tried again, and still nothing is oversold', async () => {
    let conflicts = 0;
    // Where one process is done before the other begins, they do not meet.
    for (let round = 0; round < 20 && conflicts === 0; round++) {
      const { told, events } = await shopped({ attempts: 1 });
      conflicts = told.filter(({ error }) => error === 'CONCURRENCY').length;
      expect(idsOf(events, 'stock.sold').length).toBeLessThanOrEqual(PIECES);
    }
    expect(conflicts).toBeGreaterThan(0);
  }, 120_000);
});

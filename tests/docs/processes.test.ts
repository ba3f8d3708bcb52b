import 'reflect-metadata';
import { bootstrap, defineAggregate, Event, Flow, InMemoryEventStore } from 'eventuality';
import { cancel, deadline, defineProcess, end, send } from 'eventuality/processes';
import { sqlite } from 'eventuality/sqlite';
import { testFlow, VirtualClock } from 'eventuality/testing';
import { Fulfilment } from '../../samples/ordering/fulfilment';
import { OrderingModule } from '../../samples/ordering/module';
import { PlaceOrder } from '../../samples/ordering/order';
import { Pay, RequestPayment } from '../../samples/ordering/payment';
import { AddStock } from '../../samples/ordering/stock';
import { SILENT } from '../support/logger';

const DAY = 86_400_000;

test('starts with the application', async () => {
  const file = ':memory:';
  // #region start
  const flow = await bootstrap(OrderingModule, { eventStore: sqlite(file) });
  await flow.processors.ready();
  await flow.dispatch(new AddStock('tea', 10));
  await flow.dispatch(new PlaceOrder('o1', 'tea', 2, 'Vienna', 1800));
  // #endregion start
  await flow.processors.settled();
  await flow.dispatch(new Pay('o1'));
  await flow.processors.settled();
  expect(await flow.processManagers.of(Fulfilment).get('o1')).toMatchObject({ status: 'ended' });
  await flow.close();
});

/** An account whose commands lead to one event each. */
const Account = defineAggregate({
  name: 'Account',
  state: {},
  commands: Object.fromEntries(
    Object.entries({
      StartTrial: 'TrialStarted',
      Remind: 'Reminded',
      Subscribe: 'Subscribed',
      EndTrial: 'TrialEnded',
    }).map(([command, event]) => [
      command,
      {
        creates: 'if-missing' as const,
        decide: (_: object, { id }: { id: string }) => Event({ aggregateId: id, name: event, payload: {} }),
      },
    ]),
  ),
  on: {},
});

test('without classes', async () => {
  const clock = new VirtualClock();
  const eventStore = new InMemoryEventStore({ clock });
  // #region plain
  const Trial = defineProcess({
    name: 'trial',
    correlate: ({ aggregateId }) => aggregateId,
    state: { reminded: false },
    starts: { TrialStarted: () => deadline('ending', { in: '12d' }) },
    on: { Subscribed: () => cancel('ending') },
    deadlines: {
      ending: (state, _deadline, { instance }) => {
        if (state.reminded) return [send({ name: 'EndTrial', message: { id: instance } }), end()];
        state.reminded = true;
        return [send({ name: 'Remind', message: { id: instance } }), deadline('ending', { in: '2d' })];
      },
    },
    ends: ['Subscribed'],
  });

  const flow = new Flow({ eventStore, clock, aggregates: [Account], processors: [Trial] });
  // #endregion plain
  await flow.processors.ready();
  for (const id of ['a', 'b']) await flow.dispatch({ name: 'StartTrial', message: { id } });
  const passes = async (days: number): Promise<void> => {
    await flow.processors.settled();
    clock.advanceBy(days * DAY);
    await flow.processors.settled();
  };
  await passes(12);
  await flow.dispatch({ name: 'Subscribe', message: { id: 'b' } });
  await passes(2);
  const events = await eventStore.readAll();
  expect(events.filter(({ aggregateId }) => aggregateId === 'a').map(({ name }) => name)).toEqual([
    ...['TrialStarted', 'Reminded', 'TrialEnded'],
  ]);
  expect(events.at(-2)!.name).toBe('Subscribed');
  await flow.close();
});

test('is looked at, and mended', async () => {
  await using app = await testFlow(OrderingModule, { logger: SILENT });
  const { flow } = app;
  const printed: string[] = [];
  // A payment of that name is there already: the process cannot request one.
  await flow.dispatch(new RequestPayment('o1'));
  await flow.dispatch(new PlaceOrder('o1', 'tea', 2, 'Vienna', 1800));
  await app.settle();
  const print = (line: string) => printed.push(line);
  // #region operate
  const fulfilment = flow.processManagers.of(Fulfilment);
  const { items } = await fulfilment.find({ status: 'parked' });
  for (const { instance, error } of items) print(`${instance}: ${error}`);

  const { steps, deadlines } = await fulfilment.history('o1');
  for (const { kind, name, status, state, commands } of steps) {
    print(`${kind} ${name} ${status} ${JSON.stringify(state)}`);
    for (const command of commands) print(`  ${command.name} ${command.status} ${command.note ?? ''}`);
  }

  await fulfilment.retry('o1'); // after the cause is fixed
  await fulfilment.discard('o1'); // or without the input that failed
  await fulfilment.end('o1'); // or not at all
  // #endregion operate
  expect(printed).toEqual([
    expect.stringMatching(/^o1: .*RequestPayment/),
    'event OrderPlaced handled {"product":"tea","pieces":2,"address":"Vienna"}',
    expect.stringMatching(/^ {2}RequestPayment rejected /),
    'rejection RequestPayment waiting undefined',
  ]);
  expect(deadlines).toMatchObject([{ key: 'payment' }]);
  await app.settle();
  expect(await fulfilment.get('o1')).toMatchObject({ status: 'ended' });
});

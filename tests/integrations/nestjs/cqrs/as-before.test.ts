import type { DynamicModule } from '@nestjs/common';
import { AsyncContext, CommandBus, CqrsModule, EventBus, Publishable, QueryBus } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { InMemoryEventStore } from 'eventuality';
import { DurableEvents, EventualityCqrsModule } from 'eventuality/nestjs/cqrs';
import { SILENT } from '../../../support/logger';
import { pause, until } from '../../../support/waiting';
import { OrderShipped, PayOrder, PlaceOrder, ReadJournal, RushOrderPlaced, SHOP, Shipment } from './shop';

const durably = (): DynamicModule =>
  EventualityCqrsModule.forRoot({
    eventStore: new InMemoryEventStore(),
    events: [OrderShipped, RushOrderPlaced],
    // Before, nothing was tried again.
    following: { retry: { attempts: 1 } },
    logger: SILENT,
  });

const started = async (imports: readonly DynamicModule[]) => {
  // @nestjs/cqrs connects such a class with the first application of a process only.
  Publishable()(Shipment);
  const module = await Test.createTestingModule({ imports: [...imports], providers: SHOP }).compile();
  return module.useLogger(false) ?? module.init();
};

const HAPPENED = [
  'audited 1 for ann',
  'audited 13 for undefined',
  'booked OrderPaid 13',
  'booked OrderPaid 500',
  'booked OrderPlaced 1: milk',
  'booked RushOrderPlaced 2: milk',
  'heard OrderPaid',
  'heard OrderPaid',
  'heard OrderPlaced',
  'heard OrderShipped',
  'heard OrderShipped',
  'heard OrderShipped',
  'heard RushOrderPlaced',
  'heard of 13',
  'heard of 500',
  'thanked 1',
  'thanked 13',
  'unhandled OrderPaid: Thirteen',
  'unhandled ThankCustomer: No thanks',
];

test.each([
  ['@nestjs/cqrs alone', [CqrsModule.forRoot()]],
  ['with stored events', [CqrsModule.forRoot(), durably()]],
  ['with stored events, where modules import CqrsModule itself', [{ module: CqrsModule }, durably()]],
  [
    'with stored events, and options made by Nest',
    [
      CqrsModule.forRootAsync({ useFactory: () => ({}) }),
      EventualityCqrsModule.forRootAsync({
        useFactory: async () => ({
          eventStore: new InMemoryEventStore(),
          following: { retry: { attempts: 1 } },
          logger: SILENT,
        }),
      }),
      EventualityCqrsModule.forFeature([OrderShipped, RushOrderPlaced]),
    ],
  ],
] as [string, DynamicModule[]][])(
  '%s: buses, decorators, aggregates, sagas, scopes and exceptions behave alike',
  async (_, imports) => {
    const app = await started(imports);
    const commands = app.get(CommandBus, { strict: false });
    const queries = app.get(QueryBus, { strict: false });
    expect(await commands.execute(new PlaceOrder('1'))).toBe('1');
    expect(await commands.execute(new PlaceOrder('2', true))).toBe('2');
    await commands.execute(new PayOrder('1', 500), Object.assign(new AsyncContext(), { user: 'ann' }));
    await commands.execute(new PayOrder('13', 13));
    await app.get(EventBus, { strict: false }).publish(new OrderShipped('rude'));
    const lines = () => queries.execute(new ReadJournal());
    await until(async () => (await lines()).length >= HAPPENED.length, 'everything', 5000).catch(() => undefined);
    await pause(20);
    expect(await lines()).toEqual(HAPPENED);
    await app.close();
  },
);

test('an event is stored once, under the name of its class, and every follower has its own progress', async () => {
  const eventStore = new InMemoryEventStore();
  const options = { eventStore, events: [OrderShipped, RushOrderPlaced], logger: SILENT };
  const app = await started([CqrsModule.forRoot(), EventualityCqrsModule.forRoot(options)]);
  await app.get(CommandBus).execute(new PlaceOrder('1'));
  await app.get(EventBus).publishAll([new OrderShipped('1'), new OrderShipped('2')]);
  const events = await eventStore.readAll();
  expect(events.map(({ name, payload }) => [name, { ...payload }])).toEqual([
    ['OrderPlaced', { id: '1', items: [{ name: 'milk' }] }],
    ['OrderShipped', { id: '1' }],
    ['OrderShipped', { id: '2' }],
  ]);
  expect([...app.get(DurableEvents).processors.names]).toEqual([
    'Bookkeeper',
    'Auditor',
    'Inspector',
    'Sagas.ship',
    'Sagas.thank',
  ]);
  await app.close();
});

import 'reflect-metadata';
import { type TestFlow, testFlow } from 'eventuality/testing';
import { Fulfilment } from './fulfilment';
import { OrderingModule } from './module';
import { PlaceOrder } from './order';
import { Pay } from './payment';
import { AddStock } from './stock';

let app: TestFlow;
beforeEach(async () => {
  app = await testFlow(OrderingModule);
  await app.flow.dispatch(new AddStock('tea', 2));
});
afterEach(() => app.close());

const placed = async (pieces: number, address = 'Vienna'): Promise<void> => {
  await app.flow.dispatch(new PlaceOrder('o1', 'tea', pieces, address, 60));
  await app.settle();
};
const paid = async (): Promise<void> => {
  await app.flow.dispatch(new Pay('o1'));
  await app.settle();
};
/** The names of the events, without those of the beginning. */
const events = (): string[] => app.events.slice(3).map(({ name }) => name);

test('an order that is paid is shipped', async () => {
  await placed(2);
  await paid();
  expect(events()).toEqual(['PaymentReceived', 'StockReserved', 'ParcelShipped', 'OrderCompleted']);
  expect(await app.flow.processManagers.of(Fulfilment).get('o1')).toMatchObject({ status: 'ended' });
});

test('an order that is not paid in time is cancelled, and not a millisecond before', async () => {
  await placed(1);
  await app.advance(59_999);
  expect(events()).toEqual([]);
  await app.advance(1);
  await paid();
  expect(events()).toEqual(['PaymentWithdrawn', 'OrderCancelled']);
});

test('an order for more than there is is refunded', async () => {
  await placed(3);
  await paid();
  expect(events()).toEqual(['PaymentReceived', 'PaymentRefunded', 'OrderCancelled']);
});

test('what was done for an order that cannot be delivered is undone, the last first', async () => {
  await placed(1, 'Atlantis');
  await paid();
  expect(events()).toEqual([
    ...['PaymentReceived', 'StockReserved', 'StockReleased', 'PaymentRefunded', 'OrderCancelled'],
  ]);
  expect(app.events.at(-1)!.payload).toEqual({ reason: 'No carrier goes to Atlantis.' });
});

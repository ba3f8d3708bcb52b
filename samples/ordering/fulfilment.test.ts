import 'reflect-metadata';
import { cancel, end, send } from 'eventuality';
import { given, history, type TestFlow, testFlow } from 'eventuality/testing';
import { Fulfilment } from './fulfilment';
import { OrderingModule } from './module';
import { CancelOrder, Order, OrderPlaced, PlaceOrder } from './order';
import { Pay, Payment, PaymentReceived, WithdrawPayment } from './payment';
import { ShipParcel } from './shipment';
import { AddStock, ReleaseStock, ReserveStock, Stock, StockReserved } from './stock';

describe('what the process decides', () => {
  const placed = history(Order, 'o1', new OrderPlaced('tea', 2, 'Atlantis', 60));
  const paid = history(Payment, 'o1', new PaymentReceived());
  const reserved = history(Stock, 'tea', new StockReserved('o1', 2));
  const [release, withdraw] = [new ReleaseStock('tea', 'o1', 2), new WithdrawPayment('o1')];

  test('when the order is paid', async () => {
    const reserve = send(new ReserveStock('tea', 'o1', 2), { undo: release });
    await given(placed).process(Fulfilment).when(paid).then(cancel('payment'), reserve);
  });

  test('when it is not paid in time', async () => {
    const cancelled = send(new CancelOrder('o1', 'it was not paid in time'));
    await given(placed).process(Fulfilment).whenDue('payment').then(send(withdraw), cancelled, end());
  });

  test('when it cannot be delivered: what was done is undone, the last first', async () => {
    await given(placed, paid, reserved)
      .process(Fulfilment)
      .whenRejected(new ShipParcel('o1', 'Atlantis'), { error: new Error('too deep') })
      .then(send(release), send(withdraw), send(new CancelOrder('o1', 'too deep')), end());
  });
});

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

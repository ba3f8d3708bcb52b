import 'reflect-metadata';
import { cancel, deadline, end, send } from 'eventuality/processes';
import { given, history } from 'eventuality/testing';
import { Fulfilment } from './fulfilment';
import { CancelOrder, CompleteOrder, Order, OrderCompleted, OrderPlaced } from './order';
import { Payment, PaymentReceived, RequestPayment, WithdrawPayment } from './payment';
import { ParcelShipped, Shipment, ShipParcel } from './shipment';
import { ReleaseStock, ReserveStock, Stock, StockReserved } from './stock';

const placed = history(Order, 'o1', new OrderPlaced('tea', 2, 'Vienna', 60));
const paid = history(Payment, 'o1', new PaymentReceived());
const reserved = history(Stock, 'tea', new StockReserved('o1', 2));
const shipped = history(Shipment, 'o1', new ParcelShipped('Vienna'));
const completed = history(Order, 'o1', new OrderCompleted());

const reserve = new ReserveStock('tea', 'o1', 2);
const withdraw = new WithdrawPayment('o1');
const release = new ReleaseStock('tea', 'o1', 2);

test('a placed order is to be paid in time', async () => {
  const fulfilment = given().process(Fulfilment).when(placed);
  await fulfilment.then(send(new RequestPayment('o1'), { undo: withdraw }), deadline('payment', { in: '60s' }));
  await fulfilment.thenState({ product: 'tea', pieces: 2 });
});

test('each step follows from the one before, up to the end', async () => {
  await given(placed)
    .process(Fulfilment)
    .when(paid)
    .then(cancel('payment'), send(reserve, { undo: release }));
  await given(placed, paid)
    .process(Fulfilment)
    .when(reserved)
    .then(send(new ShipParcel('o1', 'Vienna')));
  await given(placed, paid, reserved)
    .process(Fulfilment)
    .when(shipped)
    .then(send(new CompleteOrder('o1')));
  await given(placed, paid, reserved, shipped).process(Fulfilment).when(completed).then(end());
});

test('an order that is not paid in time is cancelled', async () => {
  await given(placed)
    .process(Fulfilment)
    .whenDue('payment')
    .then(send(withdraw), send(new CancelOrder('o1', 'it was not paid in time')), end());
});

test('what was done is undone, the last first, when stock or carrier refuse', async () => {
  await given(placed, paid)
    .process(Fulfilment)
    .whenRejected(reserve)
    .then(send(withdraw), send(new CancelOrder('o1', 'there is not enough tea')), end());
  await given(placed, paid, reserved)
    .process(Fulfilment)
    .whenRejected(new ShipParcel('o1', 'Vienna'), { error: new Error('No carrier goes there.') })
    .then(send(release), send(withdraw), send(new CancelOrder('o1', 'No carrier goes there.')), end());
});

import { EventHandler } from 'eventuality';
import {
  cancel,
  type Deadline,
  DeadlineHandler,
  deadline,
  Ends,
  end,
  type ProcessContext,
  ProcessManager,
  Rejected,
  type RejectionContext,
  Starts,
  send,
} from 'eventuality/processes';
import { CancelOrder, CompleteOrder, OrderCompleted, OrderPlaced } from './order';
import { PaymentReceived, RequestPayment, WithdrawPayment } from './payment';
import { ParcelShipped, ShipParcel } from './shipment';
import { ReleaseStock, ReserveStock, StockReserved } from './stock';

// #region process
/** What happens to an order from its placement to its end. */
@ProcessManager('fulfilment', {
  correlate: ({ payload, aggregateId }) => payload.orderId ?? aggregateId,
  sends: [RequestPayment, WithdrawPayment, ReserveStock, ReleaseStock, ShipParcel, CompleteOrder, CancelOrder],
  segments: 6,
  retry: { attempts: 2, delay: 50 },
})
export class Fulfilment {
  private product = '';
  private pieces = 0;
  private address = '';

  @Starts(OrderPlaced)
  placed({ product, pieces, address, payWithin }: OrderPlaced, { instance }: ProcessContext) {
    Object.assign(this, { product, pieces, address });
    return [
      send(new RequestPayment(instance), { undo: new WithdrawPayment(instance) }),
      deadline('payment', { in: payWithin * 1000 }),
    ];
  }

  @DeadlineHandler('payment')
  notPaid(_: Deadline, { instance }: ProcessContext) {
    return [send(new WithdrawPayment(instance)), send(new CancelOrder(instance, 'it was not paid in time')), end()];
  }

  @EventHandler(PaymentReceived)
  paid(_: PaymentReceived, { instance }: ProcessContext) {
    const { product, pieces } = this;
    const undo = new ReleaseStock(product, instance, pieces);
    return [cancel('payment'), send(new ReserveStock(product, instance, pieces), { undo })];
  }

  @EventHandler(StockReserved)
  reserved(_: StockReserved, { instance }: ProcessContext) {
    return send(new ShipParcel(instance, this.address));
  }

  @EventHandler(ParcelShipped)
  shipped(_: ParcelShipped, { instance }: ProcessContext) {
    return send(new CompleteOrder(instance));
  }

  @Rejected(ReserveStock)
  soldOut(_: ReserveStock, { instance, undo }: RejectionContext) {
    return [...undo(), send(new CancelOrder(instance, `there is not enough ${this.product}`)), end()];
  }

  @Rejected(ShipParcel)
  undeliverable(_: ShipParcel, { instance, error, undo }: RejectionContext) {
    return [...undo(), send(new CancelOrder(instance, String(error?.message))), end()];
  }

  @Ends(OrderCompleted)
  completed() {}
}
// #endregion process

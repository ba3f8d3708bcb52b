import { EventHandler } from 'eventuality';
import { end, type ProcessContext, ProcessManager, Starts, send } from 'eventuality/processes';
import { CancelOrder, ConfirmOrder, OrderPlaced, ReserveStock, StockReserved, StockShort } from '../messages';

// #region process
@ProcessManager('ordering', {
  correlate: ({ payload }) => payload.orderId,
  sends: [ReserveStock, ConfirmOrder, CancelOrder],
})
export class Ordering {
  @Starts(OrderPlaced)
  placed({ item, pieces }: OrderPlaced, { instance }: ProcessContext) {
    return send(new ReserveStock(item, instance, pieces));
  }

  @EventHandler(StockReserved)
  reserved(_: StockReserved, { instance }: ProcessContext) {
    return [send(new ConfirmOrder(instance)), end()];
  }

  @EventHandler(StockShort)
  short({ item }: StockShort, { instance }: ProcessContext) {
    return [send(new CancelOrder(instance, `there is not enough ${item}`)), end()];
  }
}
// #endregion process

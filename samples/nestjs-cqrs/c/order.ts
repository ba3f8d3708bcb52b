import { Aggregate, AggregateRoot, CommandHandler, EventHandler } from 'eventuality';
import { CancelOrder, ConfirmOrder, OrderCancelled, OrderConfirmed, OrderPlaced, PlaceOrder } from '../messages';

@Aggregate('Order', { id: ({ orderId }) => orderId })
export class Order extends AggregateRoot<OrderPlaced | OrderConfirmed | OrderCancelled> {
  private isOpen = false;

  @CommandHandler(PlaceOrder, { creates: true })
  place({ orderId, item, pieces }: PlaceOrder) {
    return new OrderPlaced(orderId, item, pieces);
  }

  @CommandHandler(ConfirmOrder)
  confirm() {
    return this.isOpen ? new OrderConfirmed(this.id) : [];
  }

  @CommandHandler(CancelOrder)
  cancel({ reason }: CancelOrder) {
    return this.isOpen ? new OrderCancelled(this.id, reason) : [];
  }

  @EventHandler(OrderPlaced)
  opened() {
    this.isOpen = true;
  }

  @EventHandler(OrderConfirmed)
  @EventHandler(OrderCancelled)
  closed() {
    this.isOpen = false;
  }
}

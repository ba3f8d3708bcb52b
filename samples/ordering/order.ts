import { Aggregate, AggregateRoot, CommandHandler, EventHandler } from 'eventuality';

export class PlaceOrder {
  constructor(
    readonly id: string,
    readonly product: string,
    readonly pieces: number,
    readonly address: string,
    /** How long the customer has to pay, in seconds. */
    readonly payWithin: number,
  ) {}
}

export class CompleteOrder {
  constructor(readonly id: string) {}
}

export class CancelOrder {
  constructor(
    readonly id: string,
    readonly reason: string,
  ) {}
}

export class OrderPlaced {
  constructor(
    readonly product: string,
    readonly pieces: number,
    readonly address: string,
    readonly payWithin: number,
  ) {}
}

export class OrderCompleted {}

export class OrderCancelled {
  constructor(readonly reason: string) {}
}

@Aggregate('Order')
export class Order extends AggregateRoot<OrderPlaced | OrderCompleted | OrderCancelled> {
  private isOpen = true;

  @CommandHandler(PlaceOrder, { creates: true })
  place({ product, pieces, address, payWithin }: PlaceOrder) {
    return new OrderPlaced(product, pieces, address, payWithin);
  }

  @CommandHandler(CompleteOrder)
  complete() {
    return this.isOpen ? new OrderCompleted() : [];
  }

  @CommandHandler(CancelOrder)
  cancel({ reason }: CancelOrder) {
    return this.isOpen ? new OrderCancelled(reason) : [];
  }

  @EventHandler(OrderCompleted)
  @EventHandler(OrderCancelled)
  ended() {
    this.isOpen = false;
  }
}

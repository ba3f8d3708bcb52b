import { Aggregate, AggregateRoot, Command, CommandHandler, EventHandler } from 'eventuality';
import * as z from 'zod';

const A_WEEK = 604_800;

export const placeOrderSchema = z.strictObject({
  id: z.string().min(1).max(50),
  product: z.string().min(1).max(50),
  pieces: z.int().min(1).max(1000),
  address: z.string().min(1).max(200),
  payWithin: z.int().min(1).max(A_WEEK).describe('How long the customer has to pay, in seconds.'),
});

@Command('PlaceOrder', { schema: placeOrderSchema })
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

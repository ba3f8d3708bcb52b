import { Injectable } from '@nestjs/common';
import { EventsHandler, type IEventHandler, type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { OrderCancelled, OrderConfirmed, OrderPlaced } from '../messages';

export class ListOrders {}

/** Stands for a table. */
@Injectable()
export class OrderRows {
  readonly states = new Map<string, string>();
}

@EventsHandler(OrderPlaced, OrderConfirmed, OrderCancelled)
export class OrderList implements IEventHandler<OrderPlaced | OrderConfirmed | OrderCancelled> {
  constructor(private readonly rows: OrderRows) {}

  handle(event: OrderPlaced | OrderConfirmed | OrderCancelled): void {
    this.rows.states.set(event.orderId, stateAfter(event));
  }
}

function stateAfter(event: OrderPlaced | OrderConfirmed | OrderCancelled): string {
  if (event instanceof OrderCancelled) return `cancelled: ${event.reason}`;
  return event instanceof OrderConfirmed ? 'confirmed' : 'placed';
}

@QueryHandler(ListOrders)
export class ListOrdersHandler implements IQueryHandler<ListOrders> {
  constructor(private readonly rows: OrderRows) {}

  async execute() {
    return Array.from(this.rows.states, ([id, state]) => ({ id, state }));
  }
}

import { Injectable } from '@nestjs/common';
import { AggregateRoot, CommandHandler, EventPublisher, type ICommandHandler } from '@nestjs/cqrs';
import { CancelOrder, ConfirmOrder, OrderCancelled, OrderConfirmed, OrderPlaced, PlaceOrder } from '../messages';

class Order extends AggregateRoot {
  private isOpen = false;

  constructor(readonly id: string) {
    super();
  }

  place(item: string, pieces: number): void {
    this.apply(new OrderPlaced(this.id, item, pieces));
  }

  confirm(): void {
    if (this.isOpen) this.apply(new OrderConfirmed(this.id));
  }

  cancel(reason: string): void {
    if (this.isOpen) this.apply(new OrderCancelled(this.id, reason));
  }

  onOrderPlaced(): void {
    this.isOpen = true;
  }

  onOrderConfirmed(): void {
    this.isOpen = false;
  }

  onOrderCancelled(): void {
    this.isOpen = false;
  }
}

/** Stands for a table. */
@Injectable()
export class Orders {
  readonly #rows = new Map<string, Order>();

  constructor(private readonly publisher: EventPublisher) {}

  async add(id: string): Promise<Order> {
    if (this.#rows.has(id)) throw new Error(`There is an order ${id} already.`);
    const order = this.publisher.mergeObjectContext(new Order(id));
    this.#rows.set(id, order);
    return order;
  }

  async find(id: string): Promise<Order> {
    const order = this.#rows.get(id);
    if (!order) throw new Error(`There is no order ${id}.`);
    return order;
  }
}

@CommandHandler(PlaceOrder)
export class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(private readonly orders: Orders) {}

  async execute({ orderId, item, pieces }: PlaceOrder): Promise<void> {
    const order = await this.orders.add(orderId);
    order.place(item, pieces);
    order.commit();
  }
}

@CommandHandler(ConfirmOrder)
export class ConfirmOrderHandler implements ICommandHandler<ConfirmOrder> {
  constructor(private readonly orders: Orders) {}

  async execute({ orderId }: ConfirmOrder): Promise<void> {
    const order = await this.orders.find(orderId);
    order.confirm();
    order.commit();
  }
}

@CommandHandler(CancelOrder)
export class CancelOrderHandler implements ICommandHandler<CancelOrder> {
  constructor(private readonly orders: Orders) {}

  async execute({ orderId, reason }: CancelOrder): Promise<void> {
    const order = await this.orders.find(orderId);
    order.cancel(reason);
    order.commit();
  }
}

import { Injectable } from '@nestjs/common';
import { EventHandler, Projection, type ProjectionContext, Query, QueryHandler, type ReadModel } from 'eventuality';
import { InjectReadModel } from 'eventuality/nestjs';
import * as z from 'zod';
import { OrderCancelled, OrderCompleted, OrderPlaced } from '../ordering/order';
import { PaymentReceived, PaymentRequested } from '../ordering/payment';
import type { User } from './auth.guard';

export const orderSchema = z.object({
  id: z.string(),
  customer: z.string(),
  product: z.string(),
  pieces: z.int(),
  address: z.string(),
  status: z.enum(['placed', 'awaiting payment', 'paid', 'completed', 'cancelled']),
  reason: z.string().optional().describe('Why it was cancelled.'),
});

/** An order, as customers and staff see it. */
export type OrderView = z.infer<typeof orderSchema>;

type Context = ProjectionContext<OrderView>;

/** All orders. What happens to an order has its id, whichever aggregate it happens to. */
@Injectable()
@Projection('shop-orders', {
  indexes: ['customer'],
  sequenceBy: { key: 'order', of: ({ aggregateId }) => aggregateId },
})
export class OrderList {
  @EventHandler(OrderPlaced)
  placed({ product, pieces, address }: OrderPlaced, { event, documents }: Context) {
    const [id, customer] = [event.aggregateId, String(event.metadata.actor)];
    documents.set(id, { id, customer, product, pieces, address, status: 'placed' });
  }

  @EventHandler(PaymentRequested)
  requested(_: PaymentRequested, { event, documents }: Context) {
    return documents.update(event.aggregateId, { status: 'awaiting payment' });
  }

  @EventHandler(PaymentReceived)
  paid(_: PaymentReceived, { event, documents }: Context) {
    return documents.update(event.aggregateId, { status: 'paid' });
  }

  @EventHandler(OrderCompleted)
  completed(_: OrderCompleted, { event, documents }: Context) {
    return documents.update(event.aggregateId, { status: 'completed' });
  }

  @EventHandler(OrderCancelled)
  cancelled({ reason }: OrderCancelled, { event, documents }: Context) {
    return documents.update(event.aggregateId, { status: 'cancelled', reason });
  }
}

/** The orders that a user may see. */
export class OrdersOf extends Query<readonly OrderView[]> {
  constructor(readonly user: User) {
    super();
  }
}

/** One of them; null if there is none, or the user may not see it. */
export class OrderOf extends Query<OrderView | null> {
  constructor(
    readonly user: User,
    readonly id: string,
  ) {
    super();
  }
}

@Injectable()
export class OrderQueries {
  constructor(@InjectReadModel(OrderList) private readonly orders: ReadModel<OrderView>) {}

  @QueryHandler(OrdersOf)
  async all({ user }: OrdersOf) {
    const where = user.role === 'staff' ? {} : { customer: user.id };
    return (await this.orders.find({ where, limit: 100 })).items;
  }

  @QueryHandler(OrderOf)
  async one({ user, id }: OrderOf) {
    const order = await this.orders.get(id);
    return order && (user.role === 'staff' || order.customer === user.id) ? order : null;
  }
}

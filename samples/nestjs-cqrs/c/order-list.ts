import { Injectable } from '@nestjs/common';
import { EventHandler, Projection, type ProjectionContext, Query, QueryHandler, type ReadModel } from 'eventuality';
import { InjectReadModel } from 'eventuality/nestjs';
import { OrderCancelled, OrderConfirmed, OrderPlaced } from '../messages';

interface OrderView {
  readonly id: string;
  readonly state: string;
}
export class ListOrders extends Query<readonly OrderView[]> {}

type Context = ProjectionContext<OrderView>;

// #region list
@Injectable()
@Projection('orders')
export class OrderList {
  @EventHandler(OrderPlaced)
  placed({ orderId: id }: OrderPlaced, { documents }: Context) {
    documents.set(id, { id, state: 'placed' });
  }

  @EventHandler(OrderConfirmed)
  confirmed({ orderId: id }: OrderConfirmed, { documents }: Context) {
    documents.set(id, { id, state: 'confirmed' });
  }

  @EventHandler(OrderCancelled)
  cancelled({ orderId: id, reason }: OrderCancelled, { documents }: Context) {
    documents.set(id, { id, state: `cancelled: ${reason}` });
  }
}
// #endregion list

@Injectable()
export class OrderQueries {
  constructor(@InjectReadModel(OrderList) private readonly orders: ReadModel<OrderView>) {}

  @QueryHandler(ListOrders)
  async list() {
    return (await this.orders.find()).items;
  }
}

import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import type { EventStore } from 'eventuality';
import { ActorInterceptor, EventualityExceptionFilter, EventualityModule } from 'eventuality/nestjs';
import { Fulfilment } from '../ordering/fulfilment';
import { Order } from '../ordering/order';
import { Payment } from '../ordering/payment';
import { Shipment } from '../ordering/shipment';
import { Stock } from '../ordering/stock';
import { HealthController } from './health.controller';
import { OrderList, OrderQueries } from './order-list';
import { OrdersController } from './orders.controller';
import { StockController } from './stock.controller';

/** The shop. Its aggregates and its process are those of the ordering sample, which knows nothing of Nest. */
@Module({
  imports: [EventualityModule.forFeature([Order, Payment, Stock, Shipment, Fulfilment, OrderList])],
  providers: [
    OrderList,
    OrderQueries,
    { provide: APP_INTERCEPTOR, useClass: ActorInterceptor },
    { provide: APP_FILTER, useClass: EventualityExceptionFilter },
  ],
  controllers: [OrdersController, StockController, HealthController],
})
export class AppModule {
  /** The shop with a flow that keeps its events in a store, and closes it at the end. */
  static on(eventStore: EventStore): DynamicModule {
    return { module: AppModule, imports: [EventualityModule.forRoot({ eventStore })] };
  }
}

import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { EventStore } from 'eventuality';
import { EventualityCqrsModule } from 'eventuality/nestjs/cqrs';
import { Mailer } from '../before/mailer';
import { ListOrdersHandler, OrderList, OrderRows } from '../before/order-list';
import { OrderingSaga } from '../before/ordering.saga';
import { CancelOrderHandler, ConfirmOrderHandler, Orders, PlaceOrderHandler } from '../before/orders';
import { ShopController } from '../before/shop.controller';
import { AddStockHandler, ReserveStockHandler, Stocks } from '../before/stock';
import { Mails } from '../mails';
import { StockAdded, StockReserved, StockShort } from '../messages';
import { STORE, StoreModule } from '../store.module';

// #region module
@Module({
  imports: [
    CqrsModule.forRoot(),
    EventualityCqrsModule.forRootAsync({
      imports: [StoreModule],
      inject: [STORE],
      useFactory: (eventStore: EventStore) => ({ eventStore }),
    }),
    EventualityCqrsModule.forFeature([StockAdded, StockReserved, StockShort]), // only sagas follow them
  ],
  controllers: [ShopController],
  providers: [
    ...[Orders, PlaceOrderHandler, ConfirmOrderHandler, CancelOrderHandler],
    ...[Stocks, AddStockHandler, ReserveStockHandler],
    ...[OrderingSaga, OrderRows, OrderList, ListOrdersHandler],
    ...[Mails, Mailer],
  ],
})
export class AppModule {}
// #endregion module

import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { EventStore } from 'eventuality';
import { EventualityModule } from 'eventuality/nestjs';
import { EventualityCqrsModule } from 'eventuality/nestjs/cqrs';
import { Mailer } from '../before/mailer';
import { ListOrdersHandler, OrderList, OrderRows } from '../before/order-list';
import { OrderingSaga } from '../before/ordering.saga';
import { CancelOrderHandler, ConfirmOrderHandler, Orders, PlaceOrderHandler } from '../before/orders';
import { ShopController } from '../before/shop.controller';
import { Mails } from '../mails';
import { StockShort } from '../messages';
import { STORE, StoreModule } from '../store.module';
import { Stock } from './stock';

// #region module
@Module({
  imports: [
    CqrsModule.forRoot(),
    EventualityModule.forRootAsync({
      imports: [StoreModule],
      inject: [STORE],
      useFactory: (eventStore: EventStore) => ({ eventStore }),
    }),
    EventualityModule.forFeature([Stock]),
    EventualityCqrsModule.forRoot(), // without a store: it takes part in the flow
    EventualityCqrsModule.forFeature([StockShort]), // only sagas follow it
  ],
  controllers: [ShopController],
  providers: [
    ...[Orders, PlaceOrderHandler, ConfirmOrderHandler, CancelOrderHandler],
    ...[OrderingSaga, OrderRows, OrderList, ListOrdersHandler],
    ...[Mails, Mailer],
  ],
})
export class AppModule {}
// #endregion module

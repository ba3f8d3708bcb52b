import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Mails } from '../mails';
import { Mailer } from './mailer';
import { ListOrdersHandler, OrderList, OrderRows } from './order-list';
import { OrderingSaga } from './ordering.saga';
import { CancelOrderHandler, ConfirmOrderHandler, Orders, PlaceOrderHandler } from './orders';
import { ShopController } from './shop.controller';
import { AddStockHandler, ReserveStockHandler, Stocks } from './stock';

@Module({
  imports: [CqrsModule.forRoot()],
  controllers: [ShopController],
  providers: [
    ...[Orders, PlaceOrderHandler, ConfirmOrderHandler, CancelOrderHandler],
    ...[Stocks, AddStockHandler, ReserveStockHandler],
    ...[OrderingSaga, OrderRows, OrderList, ListOrdersHandler],
    ...[Mails, Mailer],
  ],
})
export class AppModule {}

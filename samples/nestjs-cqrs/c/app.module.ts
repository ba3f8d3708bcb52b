import { Module } from '@nestjs/common';
import type { EventStore } from 'eventuality';
import { EventualityModule } from 'eventuality/nestjs';
import { Stock } from '../b/stock';
import { Mails } from '../mails';
import { STORE, StoreModule } from '../store.module';
import { Mailer } from './mailer';
import { Order } from './order';
import { OrderList, OrderQueries } from './order-list';
import { Ordering } from './ordering';
import { ShopController } from './shop.controller';

// #region module
@Module({
  imports: [
    EventualityModule.forRootAsync({
      imports: [StoreModule],
      inject: [STORE],
      useFactory: (eventStore: EventStore) => ({ eventStore }),
    }),
    EventualityModule.forFeature([Order, Stock, Ordering, OrderList]),
  ],
  controllers: [ShopController],
  providers: [OrderList, OrderQueries, Mails, Mailer],
})
export class AppModule {}
// #endregion module

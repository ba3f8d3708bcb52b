import type { EventualityConfig } from 'eventuality';
import { OrderingModule } from './module';
import { OrderCancelled, OrderCompleted, OrderPlaced } from './order';
import { PaymentReceived, PaymentRefunded, PaymentRequested, PaymentWithdrawn } from './payment';
import { ParcelShipped } from './shipment';
import { StockAdded, StockReleased, StockReserved } from './stock';

/** For `npx eventuality schema check`: the events have no schemas, so their shapes are those of samples. */
export default {
  module: OrderingModule,
  // No component handles it.
  events: [PaymentRequested],
  samples: [
    new OrderPlaced('lamp', 2, '1 High Street', 60),
    new OrderCompleted(),
    new OrderCancelled('not paid'),
    new PaymentRequested(),
    new PaymentReceived(),
    new PaymentRefunded(),
    new PaymentWithdrawn(),
    new StockAdded(5),
    new StockReserved('1', 2),
    new StockReleased('1', 2),
    new ParcelShipped('1 High Street'),
  ],
} satisfies EventualityConfig;

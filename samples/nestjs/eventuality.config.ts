import type { EventualityConfig } from 'eventuality';
import ordering from '../ordering/eventuality.config';
import { Order, OrderPlaced } from '../ordering/order';
import { Payment } from '../ordering/payment';
import { ParcelShipped, Shipment } from '../ordering/shipment';
import { Stock } from '../ordering/stock';

/** For `npx eventuality schema check`: what a Nest application lists in `forFeature` and stores. */
export default {
  aggregates: [Order, Payment, Stock, Shipment],
  // Those that no aggregate handles.
  events: [...ordering.events, OrderPlaced, ParcelShipped],
  samples: ordering.samples,
} satisfies EventualityConfig;

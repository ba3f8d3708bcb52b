import { Module } from 'eventuality';
import { Fulfilment } from './fulfilment';
import { Order } from './order';
import { Payment } from './payment';
import { Shipment } from './shipment';
import { Stock } from './stock';

@Module({ components: [Order, Payment, Stock, Shipment, Fulfilment] })
export class OrderingModule {}

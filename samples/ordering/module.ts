import { Module } from 'eventuality';
import { Fulfilment } from './fulfilment';
import { Order } from './order';
import { Payment } from './payment';
import { OrderEnds, Report, Reporter } from './report';
import { Shipment } from './shipment';
import { Stock } from './stock';

@Module({ components: [Order, Payment, Stock, Shipment, Fulfilment, OrderEnds, Report, Reporter] })
export class OrderingModule {}

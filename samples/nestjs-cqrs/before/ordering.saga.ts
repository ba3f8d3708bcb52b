import { Injectable } from '@nestjs/common';
import { ofType, Saga } from '@nestjs/cqrs';
import { map, type Observable } from 'rxjs';
import { CancelOrder, ConfirmOrder, OrderPlaced, ReserveStock, StockReserved, StockShort } from '../messages';

@Injectable()
export class OrderingSaga {
  @Saga()
  reserve = (events: Observable<any>): Observable<ReserveStock> =>
    events.pipe(
      ofType(OrderPlaced),
      map(({ item, orderId, pieces }) => new ReserveStock(item, orderId, pieces)),
    );

  @Saga()
  confirm = (events: Observable<any>): Observable<ConfirmOrder> =>
    events.pipe(
      ofType(StockReserved),
      map(({ orderId }) => new ConfirmOrder(orderId)),
    );

  @Saga()
  cancel = (events: Observable<any>): Observable<CancelOrder> =>
    events.pipe(
      ofType(StockShort),
      map(({ orderId, item }) => new CancelOrder(orderId, `there is not enough ${item}`)),
    );
}

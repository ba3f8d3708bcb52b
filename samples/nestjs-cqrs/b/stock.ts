import { Aggregate, AggregateRoot, CommandHandler, EventHandler } from 'eventuality';
import { AddStock, ReserveStock, StockAdded, StockReserved, StockShort } from '../messages';

// #region stock
@Aggregate('Stock', { id: ({ item }) => item })
export class Stock extends AggregateRoot<StockAdded | StockReserved | StockShort> {
  private pieces = 0;

  @CommandHandler(AddStock, { creates: 'if-missing' })
  add({ pieces }: AddStock) {
    return new StockAdded(pieces);
  }

  @CommandHandler(ReserveStock, { creates: 'if-missing' })
  reserve({ orderId, pieces }: ReserveStock) {
    return pieces <= this.pieces ? new StockReserved(orderId, pieces) : new StockShort(orderId, this.id);
  }

  @EventHandler(StockAdded)
  added({ pieces }: StockAdded) {
    this.pieces += pieces;
  }

  @EventHandler(StockReserved)
  reserved({ pieces }: StockReserved) {
    this.pieces -= pieces;
  }
}
// #endregion stock

import { Injectable } from '@nestjs/common';
import { AggregateRoot, CommandHandler, EventPublisher, type ICommandHandler } from '@nestjs/cqrs';
import { AddStock, ReserveStock, StockAdded, StockReserved, StockShort } from '../messages';

class Stock extends AggregateRoot {
  private pieces = 0;

  constructor(readonly item: string) {
    super();
  }

  add(pieces: number): void {
    this.apply(new StockAdded(pieces));
  }

  reserve(orderId: string, pieces: number): void {
    this.apply(pieces <= this.pieces ? new StockReserved(orderId, pieces) : new StockShort(orderId, this.item));
  }

  onStockAdded({ pieces }: StockAdded): void {
    this.pieces += pieces;
  }

  onStockReserved({ pieces }: StockReserved): void {
    this.pieces -= pieces;
  }
}

/** Stands for a table. */
@Injectable()
export class Stocks {
  readonly #rows = new Map<string, Stock>();

  constructor(private readonly publisher: EventPublisher) {}

  async of(item: string): Promise<Stock> {
    const stock = this.#rows.get(item) ?? this.publisher.mergeObjectContext(new Stock(item));
    this.#rows.set(item, stock);
    return stock;
  }
}

@CommandHandler(AddStock)
export class AddStockHandler implements ICommandHandler<AddStock> {
  constructor(private readonly stocks: Stocks) {}

  async execute({ item, pieces }: AddStock): Promise<void> {
    const stock = await this.stocks.of(item);
    stock.add(pieces);
    stock.commit();
  }
}

@CommandHandler(ReserveStock)
export class ReserveStockHandler implements ICommandHandler<ReserveStock> {
  constructor(private readonly stocks: Stocks) {}

  async execute({ item, orderId, pieces }: ReserveStock): Promise<void> {
    const stock = await this.stocks.of(item);
    stock.reserve(orderId, pieces);
    stock.commit();
  }
}

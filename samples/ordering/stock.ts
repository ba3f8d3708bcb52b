import { Aggregate, AggregateRoot, Command, CommandHandler, EventHandler } from 'eventuality';
import * as z from 'zod';

export const addStockSchema = z.strictObject({
  product: z.string().min(1).max(50),
  pieces: z.int().min(1).max(1_000_000),
});

@Command('AddStock', { schema: addStockSchema })
export class AddStock {
  constructor(
    readonly product: string,
    readonly pieces: number,
  ) {}
}

export class ReserveStock {
  constructor(
    readonly product: string,
    readonly orderId: string,
    readonly pieces: number,
  ) {}
}

export class ReleaseStock {
  constructor(
    readonly product: string,
    readonly orderId: string,
    readonly pieces: number,
  ) {}
}

export class StockAdded {
  constructor(readonly pieces: number) {}
}

export class StockReserved {
  constructor(
    readonly orderId: string,
    readonly pieces: number,
  ) {}
}

export class StockReleased {
  constructor(
    readonly orderId: string,
    readonly pieces: number,
  ) {}
}

/**
 * The stock of one product. It does not look whether an order has reserved before: a command of a process takes effect
 * once.
 */
@Aggregate('Stock', { id: ({ product }) => product })
export class Stock extends AggregateRoot<StockAdded | StockReserved | StockReleased> {
  private pieces = 0;

  @CommandHandler(AddStock, { creates: 'if-missing' })
  add({ pieces }: AddStock) {
    return new StockAdded(pieces);
  }

  @CommandHandler(ReserveStock)
  reserve({ orderId, pieces }: ReserveStock) {
    return pieces <= this.pieces ? new StockReserved(orderId, pieces) : [];
  }

  @CommandHandler(ReleaseStock)
  release({ orderId, pieces }: ReleaseStock) {
    return new StockReleased(orderId, pieces);
  }

  @EventHandler(StockAdded)
  @EventHandler(StockReleased)
  more({ pieces }: StockAdded | StockReleased) {
    this.pieces += pieces;
  }

  @EventHandler(StockReserved)
  fewer({ pieces }: StockReserved) {
    this.pieces -= pieces;
  }
}

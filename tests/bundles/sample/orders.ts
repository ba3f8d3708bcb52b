import {
  Aggregate,
  AggregateRoot,
  Command,
  CommandHandler,
  Event,
  EventHandler,
  InjectRepository,
  Module,
  Query,
  QueryHandler,
  type Repository,
} from 'eventuality';

// An application whose messages have names of their own, as one that is bundled needs them.
@Command('PlaceOrder')
export class PlaceOrder {
  constructor(
    readonly id: string,
    readonly amount: number,
  ) {}
}

@Command('MoveOrder')
export class MoveOrder {
  constructor(
    readonly from: string,
    readonly to: string,
  ) {}
}

@Event('OrderPlaced')
export class OrderPlaced {
  constructor(readonly amount: number) {}
}

export class TotalOf extends Query<number> {}

@Aggregate('Order')
export class Order extends AggregateRoot<OrderPlaced> {
  amount = 0;

  @CommandHandler(PlaceOrder, { creates: true })
  place({ amount }: PlaceOrder) {
    return new OrderPlaced(amount);
  }

  @EventHandler(OrderPlaced)
  placed({ amount }: OrderPlaced) {
    this.amount += amount;
  }

  add(amount: number) {
    this.apply(new OrderPlaced(amount));
  }
}

export class Moves {
  constructor(@InjectRepository(Order) private readonly orders: Repository<Order>) {}

  @CommandHandler(MoveOrder)
  async move({ from, to }: MoveOrder) {
    const [source, target] = [await this.orders.load(from), await this.orders.load(to)];
    target.add(source.amount);
    await this.orders.save(target);
  }
}

export class Totals {
  #total = 0;

  @EventHandler(OrderPlaced)
  placed({ amount }: OrderPlaced) {
    this.#total += amount;
  }

  @QueryHandler(TotalOf)
  total() {
    return this.#total;
  }
}

@Module({ components: [Order, Moves, Totals] })
export class Orders {}

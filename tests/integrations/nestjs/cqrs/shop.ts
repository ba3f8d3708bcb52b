import { Inject, Injectable, type OnModuleInit, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import {
  AggregateRoot,
  AsyncContext,
  Command,
  CommandHandler,
  EventBus,
  EventPublisher,
  EventsHandler,
  type ICommandHandler,
  type IEventHandler,
  type IQueryHandler,
  ofType,
  Publishable,
  Query,
  QueryHandler,
  Saga,
  UnhandledExceptionBus,
} from '@nestjs/cqrs';
import { delay, map, type Observable } from 'rxjs';

/** Notes what happened, as lines. */
@Injectable()
class Journal {
  readonly lines: string[] = [];

  note(line: string): void {
    this.lines.push(line);
  }
}

class OrderPlaced {
  constructor(
    readonly id: string,
    readonly items: readonly { readonly name: string }[],
  ) {}

  /** What only an instance has. */
  get summary(): string {
    return `${this.id}: ${this.items.map(({ name }) => name).join(', ')}`;
  }
}

class OrderPaid {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {}
}

/** Handled by what handles `OrderPlaced`, as @nestjs/cqrs finds handlers by inheritance. */
export class RushOrderPlaced extends OrderPlaced {}

/** No handler names it, only sagas follow it. */
export class OrderShipped {
  constructor(readonly id: string) {}
}

export class PlaceOrder extends Command<string> {
  constructor(
    readonly id: string,
    readonly rush = false,
  ) {
    super();
  }
}

export class PayOrder extends Command<void> {
  constructor(
    readonly id: string,
    readonly cents: number,
  ) {
    super();
  }
}

class ShipOrder extends Command<void> {
  constructor(readonly id: string) {
    super();
  }
}

class ThankCustomer extends Command<void> {
  constructor(readonly id: string) {
    super();
  }
}

export class ReadJournal extends Query<readonly string[]> {}

class Order extends AggregateRoot {
  constructor(readonly id = '') {
    super();
  }

  place(rush: boolean): void {
    const type = rush ? RushOrderPlaced : OrderPlaced;
    this.apply(new type(this.id, [{ name: 'milk' }]));
  }

  pay(cents: number): void {
    this.apply(new OrderPaid(this.id, cents));
  }
}

@Publishable()
export class Shipment extends AggregateRoot {
  ship(id: string): void {
    this.autoCommit = true;
    this.apply(new OrderShipped(id));
  }
}

@CommandHandler(PlaceOrder)
class PlaceOrderHandler implements ICommandHandler<PlaceOrder> {
  constructor(@Inject(EventPublisher) private readonly publisher: EventPublisher) {}

  async execute({ id, rush }: PlaceOrder): Promise<string> {
    const order = this.publisher.mergeObjectContext(new Order(id));
    order.place(rush);
    order.commit();
    return id;
  }
}

@CommandHandler(PayOrder, { scope: Scope.REQUEST })
class PayOrderHandler implements ICommandHandler<PayOrder> {
  constructor(
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(REQUEST) private readonly context: AsyncContext & { readonly user?: string },
  ) {}

  async execute({ id, cents }: PayOrder): Promise<void> {
    const Published = this.publisher.mergeClassContext(Order, this.context);
    const order = new Published(id);
    order.pay(cents);
    order.commit();
  }
}

@CommandHandler(ShipOrder)
class ShipOrderHandler implements ICommandHandler<ShipOrder> {
  async execute({ id }: ShipOrder): Promise<void> {
    new Shipment().ship(id);
  }
}

@CommandHandler(ThankCustomer)
class ThankCustomerHandler implements ICommandHandler<ThankCustomer> {
  constructor(@Inject(Journal) private readonly journal: Journal) {}

  async execute({ id }: ThankCustomer): Promise<void> {
    if (id === 'rude') throw new Error('No thanks');
    this.journal.note(`thanked ${id}`);
  }
}

@QueryHandler(ReadJournal)
class ReadJournalHandler implements IQueryHandler<ReadJournal> {
  constructor(@Inject(Journal) private readonly journal: Journal) {}

  async execute(): Promise<readonly string[]> {
    return [...this.journal.lines].sort();
  }
}

@EventsHandler(OrderPlaced, OrderPaid)
class Bookkeeper implements IEventHandler<OrderPlaced | OrderPaid> {
  constructor(@Inject(Journal) private readonly journal: Journal) {}

  handle(event: OrderPlaced | OrderPaid): void {
    const what = event instanceof OrderPlaced ? event.summary : `${event.cents}`;
    this.journal.note(`booked ${event.constructor.name} ${what}`);
  }
}

@EventsHandler(OrderPaid, { scope: Scope.REQUEST })
class Auditor implements IEventHandler<OrderPaid> {
  constructor(
    @Inject(Journal) private readonly journal: Journal,
    @Inject(REQUEST) private readonly context: (AsyncContext & { readonly user?: string }) | undefined,
  ) {}

  handle({ id }: OrderPaid): void {
    this.journal.note(`audited ${id} for ${this.context?.user}`);
  }
}

@EventsHandler(OrderPaid)
class Inspector implements IEventHandler<OrderPaid> {
  async handle({ cents }: OrderPaid): Promise<void> {
    if (cents === 13) throw new Error('Thirteen');
  }
}

@Injectable()
class Sagas {
  @Saga()
  ship = (events: Observable<any>): Observable<ShipOrder> =>
    events.pipe(
      ofType(OrderPaid),
      map(({ id }) => new ShipOrder(id)),
    );

  @Saga()
  thank(events: Observable<any>): Observable<ThankCustomer> {
    return events.pipe(
      ofType(OrderShipped),
      delay(5),
      map(({ id }) => new ThankCustomer(id)),
    );
  }
}

@Injectable()
class Listener implements OnModuleInit {
  constructor(
    @Inject(Journal) private readonly journal: Journal,
    @Inject(EventBus) private readonly events: EventBus,
    @Inject(UnhandledExceptionBus) private readonly exceptions: UnhandledExceptionBus,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(event => this.journal.note(`heard ${event.constructor.name}`));
    this.events.pipe(ofType(OrderPaid)).subscribe(({ cents }) => this.journal.note(`heard of ${cents}`));
    this.exceptions.subscribe(({ cause, exception }) =>
      this.journal.note(`unhandled ${cause.constructor.name}: ${exception.message}`),
    );
  }
}

/** Everything but the modules of @nestjs/cqrs. */
export const SHOP = [
  Journal,
  PlaceOrderHandler,
  PayOrderHandler,
  ShipOrderHandler,
  ThankCustomerHandler,
  ReadJournalHandler,
  Bookkeeper,
  Auditor,
  Inspector,
  Sagas,
  Listener,
];

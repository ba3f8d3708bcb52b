// An application with classes of both kinds: orders and mails are those of @nestjs/cqrs, the stock, the list of orders
// and the delivery are those of the framework.

import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import * as cqrs from '@nestjs/cqrs';
import { CommandBus, EventBus, EventPublisher, EventsHandler, ofType, QueryBus, Saga } from '@nestjs/cqrs';
import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  EventHandler,
  Projection,
  type ProjectionContext,
  Query,
  QueryHandler,
  type ReadModel,
} from 'eventuality';
import { EventualityModule, InjectReadModel } from 'eventuality/nestjs';
import { Durable, EventualityCqrsModule, type FlowContext } from 'eventuality/nestjs/cqrs';
import { end, type ProcessContext, ProcessManager, Rejected, Starts, send } from 'eventuality/processes';
import { map, type Observable } from 'rxjs';

/** Notes what happened, as lines. */
@Injectable()
export class Journal {
  readonly lines: string[] = [];

  note(line: string): void {
    this.lines.push(line);
  }
}

export class PlaceOrder extends cqrs.Command<string> {
  constructor(
    readonly id: string,
    readonly item: string,
  ) {
    super();
  }
}
export class SendMail {
  constructor(
    readonly to: string,
    readonly text: string,
  ) {}
}
export class CountMails extends cqrs.Query<number> {}

export class OrderPlaced {
  constructor(
    readonly id: string,
    readonly item: string,
  ) {}
}
export class MailSent {
  constructor(readonly to: string) {}
}

export class Receive {
  constructor(
    readonly item: string,
    readonly count: number,
  ) {}
}
export class Reserve {
  constructor(
    readonly item: string,
    readonly orderId: string,
  ) {}
}
export class ListOrders extends Query<readonly OrderView[]> {}

class Received {
  constructor(readonly count: number) {}
}
export class Reserved {
  constructor(readonly orderId: string) {}
}

class Order extends cqrs.AggregateRoot {
  constructor(readonly id: string) {
    super();
  }

  place(item: string): void {
    this.apply(new OrderPlaced(this.id, item));
  }
}

@cqrs.CommandHandler(PlaceOrder)
class PlaceOrderHandler {
  constructor(
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(QueryBus) private readonly queries: QueryBus,
    @Inject(Journal) private readonly journal: Journal,
  ) {}

  async execute({ id, item }: PlaceOrder): Promise<string> {
    if (id === '') throw new RangeError('An order needs an id');
    const order = this.publisher.mergeObjectContext(new Order(id));
    order.place(item);
    order.commit();
    const orders: unknown = await this.queries.execute(new ListOrders());
    this.journal.note(`placed ${id} beside ${Array.isArray(orders)}`);
    return id;
  }
}

@cqrs.CommandHandler(SendMail, { scope: Scope.REQUEST })
class SendMailHandler {
  constructor(
    @Inject(REQUEST) private readonly context: FlowContext,
    @Inject(EventBus) private readonly events: EventBus,
    @Inject(Journal) private readonly journal: Journal,
  ) {}

  async execute({ to, text }: SendMail): Promise<void> {
    const { actor } = this.context.metadata ?? {};
    this.journal.note(`mail to ${to}: ${text}, for ${actor}`);
    if (to !== 'no address') await this.events.publish(new MailSent(to));
  }
}

@cqrs.QueryHandler(CountMails)
class CountMailsHandler {
  constructor(@Inject(Journal) private readonly journal: Journal) {}

  async execute(): Promise<number> {
    return this.journal.lines.filter(line => line.startsWith('mail')).length;
  }
}

/** Hears of what an aggregate of the framework has recorded. */
@EventsHandler(Reserved, { scope: Scope.REQUEST })
class ReservationMails {
  constructor(
    @Inject(REQUEST) private readonly context: FlowContext,
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(Journal) private readonly journal: Journal,
  ) {}

  async handle(event: Reserved): Promise<void> {
    this.journal.note(`reserved for ${event.orderId}, ${event instanceof Reserved}, ${this.context.metadata.actor}`);
    await this.commands.execute(new SendMail(event.orderId, 'reserved'), this.context);
  }
}

/** Is there once, knows no context, and throws after it has sent a command. */
@EventsHandler(OrderPlaced)
class Spares {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(Journal) private readonly journal: Journal,
  ) {}

  async handle({ id, item }: OrderPlaced): Promise<void> {
    if (!id.startsWith('spare')) return;
    const isFirst = !this.journal.lines.includes(id);
    this.journal.note(id);
    await this.commands.execute(new Reserve(item, `a spare for ${id}`));
    if (isFirst) throw new Error('Once more');
  }
}

@Injectable()
class Sagas {
  @Saga()
  @Durable({ name: 'reserve' })
  reserve = (events: Observable<any>): Observable<Reserve> =>
    events.pipe(
      ofType(OrderPlaced),
      map(({ id, item }) => new Reserve(item, id)),
    );
}

@Aggregate('stock')
class Stock extends AggregateRoot<Received | Reserved> {
  #count = 0;

  @CommandHandler(Receive, { creates: true, target: ({ item }) => item })
  receive({ count }: Receive) {
    return new Received(count);
  }

  @CommandHandler(Reserve, { target: ({ item }) => item })
  reserve({ orderId }: Reserve) {
    if (this.#count === 0) throw new Error(`No ${this.id} left`);
    return new Reserved(orderId);
  }

  @EventHandler(Received)
  received({ count }: Received) {
    this.#count += count;
  }

  @EventHandler(Reserved)
  reserved() {
    this.#count--;
  }
}

interface OrderView {
  readonly id: string;
  readonly state: string;
}

@Injectable()
@Projection('orders')
class OrderList {
  @EventHandler(OrderPlaced)
  placed({ id }: OrderPlaced, { documents }: ProjectionContext<OrderView>) {
    documents.set(id, { id, state: 'placed' });
  }

  @EventHandler(Reserved)
  reserved({ orderId: id }: Reserved, { documents }: ProjectionContext<OrderView>) {
    documents.set(id, { id, state: 'reserved' });
  }
}

@Injectable()
class OrderQueries {
  constructor(@InjectReadModel(OrderList) private readonly orders: ReadModel<OrderView>) {}

  @QueryHandler(ListOrders)
  async list() {
    return (await this.orders.find()).items;
  }
}

/** Hears in this process of what the event bus of @nestjs/cqrs publishes. */
@Injectable()
class Hearing {
  constructor(private readonly journal: Journal) {}

  @EventHandler(OrderPlaced)
  placed({ id }: OrderPlaced) {
    this.journal.note(`heard of ${id}`);
  }
}

/** Sends a command that a handler of @nestjs/cqrs carries out: the events that it publishes are its outcome. */
@ProcessManager('welcome', { correlate: ({ payload }) => payload.id, sends: [SendMail] })
class Welcome {
  @Starts(OrderPlaced)
  greet(_: OrderPlaced, { instance }: ProcessContext) {
    return send(new SendMail(instance === 'mute' ? 'no address' : instance, 'welcome'));
  }

  @Rejected(SendMail)
  unreachable() {
    return end();
  }
}

@Module({
  imports: [
    EventualityModule.forFeature([Stock, OrderList, Welcome]),
    EventualityCqrsModule.forFeature([MailSent]), // only sagas follow it
  ],
  providers: [
    Journal,
    PlaceOrderHandler,
    SendMailHandler,
    CountMailsHandler,
    ReservationMails,
    Spares,
    Sagas,
    OrderList,
    OrderQueries,
    Hearing,
  ],
})
export class BothModule {}

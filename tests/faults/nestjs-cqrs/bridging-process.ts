import { Inject } from '@nestjs/common';
import * as cqrs from '@nestjs/cqrs';
import { CommandBus, EventBus, EventPublisher, EventsHandler, ofType, Saga } from '@nestjs/cqrs';
import { mergeMap, type Observable } from 'rxjs';
import {
  Aggregate,
  AggregateRoot,
  CommandHandler,
  EventHandler,
  Flow,
  Projection,
  type ProjectionContext,
  Reactor,
  type ReactorContext,
} from '../../../src';
import { EventualityModule } from '../../../src/integrations/nestjs';
import { Durable, EventualityCqrsModule } from '../../../src/integrations/nestjs/cqrs';
import { SILENT } from '../../support/logger';
import { assignment, openAt } from '../../support/stores/where';
import { type Act, effect, failed, handling, say, type Working, work } from './working';

const SEGMENTS = { segments: 16 };

class OfId {
  constructor(readonly id: string) {}
}

/** Commands that aggregates of the framework carry out. */
class PlaceOrder extends OfId {}
class Confirm extends OfId {}
/** Commands that classes of @nestjs/cqrs carry out. */
class WriteNote extends OfId {}
class Deliver extends OfId {}
class Bill extends OfId {}

/** Recorded by aggregates of the framework. */
class OrderPlaced extends OfId {}
class Confirmed extends OfId {}
/** Published with @nestjs/cqrs. */
class NoteWritten extends OfId {}
class Billed extends OfId {}
class Delivered extends OfId {}

@Aggregate('order')
class Order extends AggregateRoot<OrderPlaced> {
  @CommandHandler(PlaceOrder, { creates: true })
  place({ id }: PlaceOrder) {
    return new OrderPlaced(id);
  }
}

/** A second confirmation is stored, so that it can be seen. */
@Aggregate('receipt')
class Receipt extends AggregateRoot<Confirmed> {
  @CommandHandler(Confirm, { creates: 'if-missing' })
  confirm({ id }: Confirm) {
    return new Confirmed(id);
  }
}

@cqrs.CommandHandler(WriteNote)
class NoteWriter {
  constructor(@Inject(EventBus) private readonly events: EventBus) {}

  async execute({ id }: WriteNote): Promise<void> {
    await this.events.publish(new NoteWritten(id));
  }
}

class Parcel extends cqrs.AggregateRoot {}

@cqrs.CommandHandler(Deliver)
class Delivery {
  constructor(@Inject(EventPublisher) private readonly publisher: EventPublisher) {}

  async execute({ id }: Deliver): Promise<void> {
    await handling();
    const parcel = this.publisher.mergeObjectContext(new Parcel());
    parcel.apply(new Delivered(id));
    parcel.commit();
  }
}

@cqrs.CommandHandler(Bill)
class Billing {
  constructor(@Inject(EventBus) private readonly events: EventBus) {}

  async execute({ id }: Bill): Promise<void> {
    await this.events.publish(new Billed(id));
  }
}

@EventsHandler(OrderPlaced, NoteWritten)
@Durable(SEGMENTS)
class Mails {
  handle({ id }: OfId): Promise<void> {
    return effect('mailed', id);
  }
}

/** Sends a command to either bus. */
class Sagas {
  @Saga()
  @Durable(SEGMENTS)
  follow = (events: Observable<any>): Observable<OfId> =>
    events.pipe(
      ofType(OrderPlaced, NoteWritten),
      mergeMap(({ id }) => [new Confirm(id), new Deliver(id)]),
    );
}

/** Sends commands of the flow to a class of @nestjs/cqrs. */
@Reactor('bills', SEGMENTS)
class Bills {
  @EventHandler(OrderPlaced)
  async placed({ id }: OrderPlaced, { dispatch }: ReactorContext) {
    await dispatch(new Bill(id));
  }

  @EventHandler(NoteWritten)
  async written({ id }: NoteWritten, { dispatch }: ReactorContext) {
    await dispatch(new Bill(id));
  }
}

/** Counts how often an event was handled. */
@Projection('tallies', SEGMENTS)
class Tallies {
  @EventHandler(OrderPlaced)
  placed({ id }: OrderPlaced, context: ProjectionContext<{ events: number }>) {
    return this.#counted(id, context);
  }

  @EventHandler(NoteWritten)
  written({ id }: NoteWritten, context: ProjectionContext<{ events: number }>) {
    return this.#counted(id, context);
  }

  async #counted(id: string, { documents }: ProjectionContext<{ events: number }>) {
    documents.set(id, { events: ((await documents.get(id))?.events ?? 0) + 1 });
  }
}

/** Hears in this process, without a checkpoint. */
class Hearing {
  @EventHandler(OrderPlaced)
  placed({ id }: OrderPlaced) {
    return effect('heard', id);
  }

  @EventHandler(NoteWritten)
  written({ id }: NoteWritten) {
    return effect('heard', id);
  }
}

/** A bridge by hand, as one would make it first: it passes on in memory. */
@cqrs.CommandHandler(PlaceOrder)
class ByHand {
  constructor(
    @Inject(Flow) private readonly flow: Flow,
    @Inject(EventBus) private readonly events: EventBus,
  ) {}

  execute(command: PlaceOrder) {
    return this.flow.dispatch(command);
  }

  @EventHandler(OrderPlaced)
  placed(event: OrderPlaced) {
    this.events.publish(event);
  }
}

/** Sends commands to either bus that the other handles. */
function bridging(commands: CommandBus, events: EventBus, flow: Flow): Act {
  events.pipe(ofType(OrderPlaced, NoteWritten)).subscribe(({ id }) => say(`subscribed ${id}`));
  let count = 0;
  return id => (count++ % 2 === 0 ? commands.execute(new PlaceOrder(id)) : flow.dispatch(new WriteNote(id)));
}

/**
 * A Nest application with classes of both kinds that sends commands until it is told to end. For an event, of either
 * bus, it prints `mailed <id>` for the effect of its `@EventsHandler`, and `heard <id>` and `subscribed <id>` for what
 * this process hears; the other effects are stored.
 */
async function main(working: Working): Promise<void> {
  const root = EventualityModule.forRoot({ eventStore: openAt(working.where), logger: SILENT });
  const aggregates = EventualityModule.forFeature([Order, Receipt]);
  const imports = [cqrs.CqrsModule.forRoot(), root, aggregates];
  if (working.alone)
    return work({ imports, providers: [Mails, ByHand] }, working, get => {
      const commands = get(CommandBus);
      return id => commands.execute(new PlaceOrder(id));
    });
  imports.push(EventualityCqrsModule.forRoot(), EventualityCqrsModule.forFeature([Billed, Delivered]));
  const providers = [NoteWriter, Delivery, Billing, Mails, Sagas, Bills, Tallies, Hearing];
  return work({ imports, providers }, working, get => bridging(get(CommandBus), get(EventBus), get(Flow)));
}

main(assignment<Working>()).catch(failed);

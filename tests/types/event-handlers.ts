import { AggregateRoot, type CommandContext, type EventContext, EventHandler, type RecordedEvent } from 'eventuality';
import { CreateTodo, holds, InvoicePaid, type Same, TodoCompleted, TodoCreated } from './todo';

type TodoEvent = TodoCreated | TodoCompleted;

class Right extends AggregateRoot<TodoEvent> {
  description = '';

  @EventHandler(TodoCreated)
  created({ description }: TodoCreated) {
    this.description = description;
  }

  @EventHandler(TodoCompleted)
  withoutParameter() {
    this.description = '';
  }

  @EventHandler()
  inferred(event: TodoCompleted) {
    this.description = event.by;
  }
}

class Wrong extends AggregateRoot<TodoEvent> {
  // @ts-expect-error an event outside of the union
  @EventHandler(InvoicePaid)
  foreign() {}

  // @ts-expect-error an event outside of the union, with its right parameter
  @EventHandler(InvoicePaid)
  foreignWithParameter(_event: InvoicePaid) {}

  // @ts-expect-error the parameter is another event of the union
  @EventHandler(TodoCreated)
  other(_event: TodoCompleted) {}

  // @ts-expect-error the parameter is a foreign event
  @EventHandler(TodoCreated)
  otherForeign(_event: InvoicePaid) {}

  // @ts-expect-error an event is a class
  @EventHandler('TodoCreated')
  name() {}

  // @ts-expect-error a handler is a method
  @EventHandler(TodoCreated)
  field = '';
}

class OneEvent extends AggregateRoot<TodoCreated> {
  @EventHandler(TodoCreated)
  created() {}

  // @ts-expect-error the only event is another
  @EventHandler(TodoCompleted)
  completed() {}
}

class WithoutUnion extends AggregateRoot {
  @EventHandler(InvoicePaid)
  anything(event: InvoicePaid) {
    return event.amount;
  }

  // @ts-expect-error the parameter is checked all the same
  @EventHandler(InvoicePaid)
  other(_event: TodoCreated) {}
}

/** A class that is no aggregate listens: to any event, with the envelope in its context. */
class Listener {
  @EventHandler(InvoicePaid)
  async paid(event: InvoicePaid, context: EventContext) {
    holds<Same<typeof context.event, RecordedEvent>>();
    await context.dispatch(new CreateTodo('id', String(event.amount)));
  }

  @EventHandler(TodoCreated)
  @EventHandler(TodoCompleted)
  both(_event: TodoCreated | TodoCompleted) {}

  // @ts-expect-error the parameter is another event
  @EventHandler(InvoicePaid)
  other(_event: TodoCreated) {}

  // @ts-expect-error a listener gets the context of an event
  @EventHandler(InvoicePaid)
  context(_event: InvoicePaid, _context: CommandContext) {}
}

export { Listener, OneEvent, Right, WithoutUnion, Wrong };

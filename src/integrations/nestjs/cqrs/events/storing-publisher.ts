import type { AsyncContext, IEvent, IEventPublisher } from '@nestjs/cqrs';
import type { EventLog } from './event-log';

/** Stores what an event bus publishes; then its own publisher tells the subscribers of the bus in this process. */
export class StoringPublisher implements IEventPublisher {
  constructor(
    private readonly log: EventLog,
    private readonly inProcess: IEventPublisher,
  ) {}

  /** Resolves when the event is stored. */
  publish<E extends IEvent>(event: E, dispatcher?: unknown, context?: AsyncContext): Promise<void> {
    return this.log.publish([event], dispatcher, () => this.inProcess.publish(event, dispatcher, context));
  }

  /** Resolves when the events are stored, all or none. */
  publishAll<E extends IEvent>(events: E[], dispatcher?: unknown, context?: AsyncContext): Promise<void> {
    // An aggregate empties its list of events right after the call.
    const kept = [...(events ?? [])];
    if (kept.length === 0) return Promise.resolve();
    return this.log.publish(kept, dispatcher, () => this.#tellAll(kept, dispatcher, context));
  }

  #tellAll<E extends IEvent>(events: E[], dispatcher: unknown, context: AsyncContext | undefined): unknown {
    const { inProcess } = this;
    if (inProcess.publishAll) return inProcess.publishAll(events, dispatcher, context);
    return Promise.all(events.map(event => inProcess.publish(event, dispatcher, context)));
  }
}

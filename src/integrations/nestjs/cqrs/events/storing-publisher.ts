import type { AsyncContext, IEvent, IEventPublisher } from '@nestjs/cqrs';
import type { RecordedEvent } from '../../../../index';
import type { EventLog } from './event-log';

/** Stores what an event bus publishes; then its own publisher tells the subscribers of the bus in this process. */
export class StoringPublisher implements IEventPublisher {
  constructor(
    private readonly log: EventLog,
    private readonly inProcess: IEventPublisher,
    /** Called with what each call stores. */
    private readonly published: (stored: Promise<readonly RecordedEvent[]>) => void,
  ) {}

  /** Resolves when the event is stored. */
  publish<E extends IEvent>(event: E, dispatcher?: unknown, context?: AsyncContext): Promise<void> {
    return this.#store([event], dispatcher, () => this.inProcess.publish(event, dispatcher, context));
  }

  /** Resolves when the events are stored, all or none. */
  publishAll<E extends IEvent>(events: E[], dispatcher?: unknown, context?: AsyncContext): Promise<void> {
    // An aggregate empties its list of events right after the call.
    const kept = [...(events ?? [])];
    if (kept.length === 0) return Promise.resolve();
    return this.#store(kept, dispatcher, () => this.#tellAll(kept, dispatcher, context));
  }

  #store(events: readonly IEvent[], dispatcher: unknown, tell: () => unknown): Promise<void> {
    const stored = this.log.publish(events, dispatcher, tell);
    this.published(stored);
    const done = stored.then(() => undefined);
    // `commit()` of an aggregate returns nothing that could be awaited; what fails has been reported.
    done.catch(() => undefined);
    return done;
  }

  #tellAll<E extends IEvent>(events: E[], dispatcher: unknown, context: AsyncContext | undefined): unknown {
    const { inProcess } = this;
    if (inProcess.publishAll) return inProcess.publishAll(events, dispatcher, context);
    return Promise.all(events.map(event => inProcess.publish(event, dispatcher, context)));
  }
}

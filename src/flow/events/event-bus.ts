import {
  aTimeout,
  type ClassReference,
  InvalidOptionsError,
  type OptionChecks,
  type RecordedEvent,
  refuseArguments,
  refuseOptions,
  shownValue,
  withMethods,
} from '../../messages';
import { NoFlowError } from '../errors';
import { type EventBusOptions, refuseBusOptions } from './event-bus-options';
import type { EventContexts, EventListener, EventListeners, EventMiddleware } from './event-listener';
import { ListenerDeliveries, type Subscriber } from './listener-deliveries';
import { ListenerReports } from './listener-reports';
import { SubscribedClasses } from './subscribed-classes';
import { refuseSubscription, subscribedListeners } from './subscribed-listeners';

/** For how long `drain` waits. */
interface DrainOptions {
  /** Milliseconds; default for ever. */
  readonly timeout?: number;
}

const eventContexts = withMethods(['of'], 'give what makes the context of an event, or leave it out');
const DRAIN: OptionChecks<DrainOptions> = { timeout: aTimeout };

/**
 * Delivers recorded events to the listeners of this process: asynchronously, and to each listener one at a time, in the
 * order in which they were published.
 *
 * - The events of one aggregate arrive in their order. Those of different aggregates arrive in the order in which their
 *   commands were completed, which is not always that of their positions. To follow that order, write a reactor or a
 *   projection.
 * - A listener that throws affects neither other listeners, nor the command, nor later events. Its failure goes to the
 *   logger and `onError`.
 * - There is no checkpoint: unfinished work is lost when the process exits.
 */
export class EventBus {
  readonly #byName = new Map<string, readonly Subscriber[]>();
  readonly #classes = new SubscribedClasses();
  readonly #reports: ListenerReports;
  readonly #deliveries: ListenerDeliveries;
  #everything: readonly Subscriber[] = [];

  /** @throws InvalidConfigurationError */
  constructor(options: EventBusOptions = {}) {
    refuseBusOptions(options);
    this.#reports = new ListenerReports(options);
    this.#deliveries = new ListenerDeliveries(this.#reports);
  }

  /**
   * Adds middleware around each delivery of an event to a listener; the first added is the outermost.
   * @throws InvalidConfigurationError
   */
  use(middleware: EventMiddleware): void {
    this.#deliveries.use(middleware);
  }

  /**
   * Registers a listener for an event, by name or class, or several listeners as a map. By class, the payload is an
   * instance of the class; events of subclasses are separate events, and are reported as a failure if no listener
   * handles them. Returns a function that ends the subscription; queued events are still delivered.
   * @throws InvalidConfigurationError
   */
  subscribe<E extends object>(event: ClassReference<E>, listener: EventListener<E>): () => void;
  subscribe(event: string, listener: EventListener): () => void;
  subscribe(listeners: EventListeners): () => void;
  subscribe(event: string | ClassReference | EventListeners, listener?: EventListener): () => void {
    const entries = subscribedListeners(event, listener);
    const queue = this.#deliveries.queue();
    const release = typeof event === 'function' ? this.#classes.add(event, listener!) : undefined;
    const subscribers = entries.map(([name, listen]) => ({ name, subscriber: { queue, listen } }));
    for (const { name, subscriber } of subscribers)
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), subscriber]);
    return () => {
      release?.();
      for (const { name, subscriber } of subscribers) {
        this.#byName.set(
          name,
          (this.#byName.get(name) ?? []).filter(each => each !== subscriber),
        );
      }
      this.#deliveries.release(queue);
    };
  }

  /** Registers a listener for every event. Returns a function that ends the subscription. */
  subscribeAll(listener: EventListener): () => void {
    refuseSubscription('every event', listener);
    const subscriber = { queue: this.#deliveries.queue(), listen: listener };
    this.#everything = [...this.#everything, subscriber];
    return () => {
      this.#everything = this.#everything.filter(each => each !== subscriber);
      this.#deliveries.release(subscriber.queue);
    };
  }

  /**
   * Queues events for their listeners and returns immediately.
   * @throws InvalidOptionsError if the argument is not a list of recorded events
   */
  publish(events: readonly RecordedEvent[], contexts: EventContexts = aloneContext): void {
    if (!Array.isArray(events))
      throw new InvalidOptionsError('publish', [
        `events is ${shownValue(events)}; it must be a list of recorded events.`,
      ]);
    if (typeof contexts?.of !== 'function') refuseArguments('publish', { contexts: [contexts, eventContexts] });
    for (let index = 0; index < events.length; index++) {
      const event = events[index] as RecordedEvent;
      if (typeof event?.name !== 'string')
        throw new InvalidOptionsError('publish', [
          `events[${index}] is ${shownValue(event)}; it must be a recorded event.`,
        ]);
      const read = contexts.reader ? contexts.reader.read(event) : event;
      if (!Array.isArray(read)) this.#publishOne(read as RecordedEvent, contexts);
      else for (const part of read) this.#publishOne(part, contexts);
    }
  }

  #publishOne(event: RecordedEvent, contexts: EventContexts): void {
    const subscribers = this.#byName.get(event.name);
    if (subscribers?.length) this.#deliveries.publish(subscribers, event, contexts);
    else this.#reportMissed(event, contexts);
    if (this.#everything.length > 0) this.#deliveries.publish(this.#everything, event, contexts);
  }

  /**
   * Resolves when every listener has handled everything published so far, and what followed from it. Work that a
   * listener starts without `await`, such as a command that it dispatches, is not waited for. With a `timeout`, in
   * milliseconds, it resolves to false after that time and logs an error for each listener that has not returned;
   * otherwise to true.
   * @throws InvalidOptionsError
   */
  async drain(options: DrainOptions = {}): Promise<boolean> {
    refuseOptions('drain', options, DRAIN);
    return this.#deliveries.drain(options.timeout ?? Number.POSITIVE_INFINITY);
  }

  #reportMissed(event: RecordedEvent, contexts: EventContexts): void {
    const missed = this.#classes.missed(event);
    if (missed) this.#reports.failed(missed.error, { listener: missed.listener, event, contexts });
  }
}

const aloneContext: EventContexts = {
  of: event => ({
    event,
    metadata: event.metadata,
    dispatch: () => Promise.reject(new NoFlowError()),
    query: () => Promise.reject(new NoFlowError()),
    schedule: () => Promise.reject(new NoFlowError()),
    unschedule: () => Promise.reject(new NoFlowError()),
  }),
};

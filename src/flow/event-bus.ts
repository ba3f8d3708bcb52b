import {
  aFunction,
  aLogger,
  aTimeout,
  type ClassReference,
  eventTypeOf,
  type FailureContext,
  InvalidOptionsError,
  type Logger,
  type OnError,
  type OptionChecks,
  optionFaults,
  type RecordedEvent,
  refuseOptions,
  reportFailure,
  shownText,
  shownValue,
  tellHook,
} from '../messages';
import { InvalidConfigurationError, ListenerTimeoutError, NoFlowError } from './errors';
import type { EventContexts, EventDelivery, EventListener, EventListeners, EventMiddleware } from './event-listener';
import { listenersByName } from './listener-checks';
import { type Delivery, ListenerQueue, type QueueOwner } from './listener-queue';
import { checkedMiddleware, compose } from './middleware';
import { SubscribedClasses } from './subscribed-classes';

/** What an event bus can be told. */
export interface EventBusOptions {
  /** Gets a line for each failure of a listener; default the console. */
  readonly logger?: Logger;
  /**
   * Called for each failure of a listener, beside the logger: its context is of the kind `listener`. What it throws is
   * logged.
   */
  readonly onError?: OnError;
}

/** For how long `drain` waits. */
interface DrainOptions {
  /** Milliseconds; default for ever. */
  readonly timeout?: number;
}

const OPTIONS: OptionChecks<EventBusOptions> = { logger: aLogger, onError: aFunction };
const DRAIN: OptionChecks<DrainOptions> = { timeout: aTimeout };

interface Subscriber {
  readonly queue: ListenerQueue;
  readonly listen: EventListener;
}

const ready = Promise.resolve();

/** What waits for longer waits for ever: timers of Node take no more milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Hands recorded events to the listeners of this process: asynchronously, and to each listener one after the other, as
 * they were published.
 *
 * - The events of one aggregate come in their order. Those of different aggregates come in the order in which the
 *   commands were done, which is not always that of their positions: what needs that order follows by checkpoint, as a
 *   reactor or a projection.
 * - A listener that throws stops neither the others, nor the command, nor what comes after; its failure goes to the
 *   logger and the hooks.
 * - Nothing is kept: unfinished work is lost when the process exits.
 */
export class EventBus {
  readonly #byName = new Map<string, readonly Subscriber[]>();
  readonly #classes = new SubscribedClasses();
  readonly #queues = new Set<ListenerQueue>();
  readonly #middleware: EventMiddleware[] = [];
  readonly #options: EventBusOptions;
  readonly #owner: QueueOwner = {
    deliver: (listener, event, contexts) => this.#deliver(listener, event, contexts),
    failed: (error, delivery) => this.#report(error, delivery),
    wake: queue => this.#wake(queue),
    idle: queue => this.#idle(queue),
  };
  #firstWoken: ListenerQueue | undefined;
  #lastWoken: ListenerQueue | undefined;
  readonly #runWoken = (): void => {
    let woken = this.#firstWoken;
    this.#firstWoken = undefined;
    while (woken) {
      const { nextWoken }: ListenerQueue = woken;
      woken.nextWoken = undefined;
      woken.run();
      woken = nextWoken;
    }
  };
  #listen: ((delivery: EventDelivery) => Promise<unknown>) | undefined;
  #everything: readonly Subscriber[] = [];
  #drained: (() => void)[] = [];

  /** @throws InvalidConfigurationError */
  constructor(options: EventBusOptions = {}) {
    const faults = optionFaults(options, OPTIONS);
    if (faults.length > 0) throw new InvalidConfigurationError('The event bus', faults);
    this.#options = options;
  }

  /**
   * Adds middleware around each delivery of an event to a listener; what was added first is the outermost.
   * @throws InvalidConfigurationError
   */
  use(middleware: EventMiddleware): void {
    this.#middleware.push(checkedMiddleware(middleware));
    this.#listen = compose(this.#middleware, async ({ listener, event, context }) => listener(event, context));
  }

  /**
   * Registers a listener for an event, by name or class, or several as a map. By class the payload is an instance of
   * it; events of subclasses are events of their own, and are reported as a failure where no listener takes them.
   * Returns a function that ends the subscription; what is queued is still delivered.
   * @throws InvalidConfigurationError
   */
  subscribe<E extends object>(event: ClassReference<E>, listener: EventListener<E>): () => void;
  subscribe(event: string, listener: EventListener): () => void;
  subscribe(listeners: EventListeners): () => void;
  subscribe(event: string | ClassReference | EventListeners, listener?: EventListener): () => void {
    refuseFaults(event, listener);
    const queue = this.#queue();
    const entries: [string, EventListener][] =
      typeof event === 'string'
        ? [[event, listener!]]
        : typeof event === 'function'
          ? [reviving(event, listener!)]
          : flattened(event);
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
      this.#release(queue);
    };
  }

  /** Registers a listener for every event. Returns a function that ends the subscription. */
  subscribeAll(listener: EventListener): () => void {
    refuseFaults('every event', listener);
    const subscriber = { queue: this.#queue(), listen: listener };
    this.#everything = [...this.#everything, subscriber];
    return () => {
      this.#everything = this.#everything.filter(each => each !== subscriber);
      this.#release(subscriber.queue);
    };
  }

  /**
   * Queues events for their listeners and returns at once. @throws InvalidOptionsError for what is no list of recorded
   * events
   */
  publish(events: readonly RecordedEvent[], contexts: EventContexts = aloneContext): void {
    if (!Array.isArray(events))
      throw new InvalidOptionsError('publish', [
        `events is ${shownValue(events)}; it must be a list of recorded events.`,
      ]);
    for (let index = 0; index < events.length; index++) {
      const event = events[index] as RecordedEvent;
      if (typeof event?.name !== 'string')
        throw new InvalidOptionsError('publish', [
          `events[${index}] is ${shownValue(event)}; it must be a recorded event.`,
        ]);
      const subscribers = this.#byName.get(event.name);
      if (subscribers?.length) pushAll(subscribers, event, contexts);
      else this.#reportMissed(event, contexts);
      if (this.#everything.length > 0) pushAll(this.#everything, event, contexts);
    }
  }

  /**
   * Resolves when every listener has dealt with everything published so far, and with what followed from it. What a
   * listener starts and does not await, such as a command that it dispatches, is not waited for. With a `timeout`, in
   * milliseconds, it resolves with false when that is over, after an error in the log for each listener that has not
   * returned; with true otherwise.
   * @throws InvalidOptionsError
   */
  async drain(options: DrainOptions = {}): Promise<boolean> {
    refuseOptions('drain', options, DRAIN);
    const { timeout = Number.POSITIVE_INFINITY } = options;
    let isOver = false;
    const over = (): void => {
      isOver = true;
      this.#lookAgain();
    };
    const timer = timeout > MAX_TIMER_MS ? undefined : setTimeout(over, timeout);
    while (!isOver && this.#isBusy) await new Promise<void>(resolve => this.#drained.push(resolve));
    clearTimeout(timer);
    for (const queue of this.#queues) if (isOver && queue.awaited) this.#giveUp(queue, queue.awaited, timeout);
    return !this.#isBusy;
  }

  get #isBusy(): boolean {
    for (const queue of this.#queues) if (queue.busy) return true;
    return false;
  }

  #giveUp(queue: ListenerQueue, delivery: Delivery, timeout: number): void {
    const error = new ListenerTimeoutError(nameOf(delivery.listener), delivery.event, timeout, queue.waiting);
    this.#report(error, delivery, 'it is not waited for any longer');
  }

  #reportMissed(event: RecordedEvent, contexts: EventContexts): void {
    const missed = this.#classes.missed(event);
    if (missed) this.#report(missed.error, { listener: missed.listener, event, contexts });
  }

  #deliver(listener: EventListener, event: RecordedEvent, contexts: EventContexts): unknown {
    const chain = this.#listen;
    if (!chain && !contexts.run) return listener(event, contexts.of(event));
    const listen = (): unknown =>
      chain ? chain({ event, context: contexts.of(event), listener }) : listener(event, contexts.of(event));
    return contexts.run ? contexts.run(event, listen) : listen();
  }

  #queue(): ListenerQueue {
    const queue = new ListenerQueue(this.#owner);
    this.#queues.add(queue);
    return queue;
  }

  #release(queue: ListenerQueue): void {
    queue.released = true;
    if (!queue.busy) this.#queues.delete(queue);
  }

  /**
   * One microtask for all queues. Not queueMicrotask: on Node that makes an AsyncResource for each call, which costs
   * twice as much.
   */
  #wake(queue: ListenerQueue): void {
    if (this.#firstWoken) this.#lastWoken!.nextWoken = queue;
    else {
      this.#firstWoken = queue;
      ready.then(this.#runWoken);
    }
    this.#lastWoken = queue;
  }

  #idle(queue: ListenerQueue): void {
    if (queue.released) this.#queues.delete(queue);
    this.#lookAgain();
  }

  /** Lets those who drain look once more whether anything is left. */
  #lookAgain(): void {
    if (this.#drained.length === 0) return;
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }

  #report(error: unknown, { listener, event, contexts }: Delivery, consequence?: string): void {
    const failure: FailureContext = { kind: 'listener', name: nameOf(listener), event };
    reportFailure(error, failure, this.#options, consequence);
    if (contexts.onError && contexts.onError !== this.#options.onError) tellHook(contexts.onError, error, failure);
  }
}

const nameOf = ({ name }: EventListener): string =>
  typeof name === 'string' && name !== '' ? name : 'a function without a name';

function pushAll(subscribers: readonly Subscriber[], event: RecordedEvent, contexts: EventContexts): void {
  for (let index = 0; index < subscribers.length; index++)
    subscribers[index]!.queue.push(subscribers[index]!.listen, event, contexts);
}

/** A listener by class gets an instance of it, whatever the store returned. */
function reviving<E extends object>(type: ClassReference<E>, listener: EventListener<E>): [string, EventListener] {
  const eventType = eventTypeOf(type);
  const listen: EventListener = (event, context) => {
    const payload = eventType.revive(event);
    return listener(payload === event.payload ? event : Object.freeze({ ...event, payload }), context);
  };
  if (typeof listener !== 'function') return [eventType.name, listener];
  return [eventType.name, Object.defineProperty(listen, 'name', { value: listener.name })];
}

function flattened(listeners: EventListeners): [string, EventListener][] {
  return Object.entries(listeners).flatMap(([name, each]) =>
    (Array.isArray(each) ? each : [each]).map((listener): [string, EventListener] => [name, listener]),
  );
}

/** A class that is undefined, as when two files import each other, is no map of listeners. */
function refuseFaults(event: unknown, listener: unknown): void {
  const faults: string[] = [];
  if (typeof event === 'object') listenersByName(event, 'the event', faults);
  else if (typeof event === 'string' || typeof event === 'function')
    aFunction(
      listener,
      `the listener of ${typeof event === 'string' ? shownText(event) : shownText(event.name)}`,
      faults,
    );
  else faults.push(`the event is ${shownValue(event)}; give its name, its class, or an object of listeners by name.`);
  if (faults.length > 0) throw new InvalidConfigurationError('The subscription', faults);
}

const aloneContext: EventContexts = {
  of: event => ({
    event,
    dispatch: () => Promise.reject(new NoFlowError()),
    query: () => Promise.reject(new NoFlowError()),
  }),
};

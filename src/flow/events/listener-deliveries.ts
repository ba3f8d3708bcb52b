import type { RecordedEvent } from '../../messages';
import { checkedMiddleware, compose } from '../buses/middleware';
import type { EventContexts, EventDelivery, EventListener, EventMiddleware } from './event-listener';
import { ListenerQueue, type QueueOwner } from './listener-queue';
import type { ListenerReports } from './listener-reports';

const ready = Promise.resolve();

/** The longest timer of Node, in milliseconds; a longer wait is unlimited. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One listener of a subscription, with the queue that all listeners of the subscription share. */
export interface Subscriber {
  readonly queue: ListenerQueue;
  readonly listen: EventListener;
}

/** A published event that was not handed out yet. */
interface Published {
  readonly subscribers: readonly Subscriber[];
  readonly event: RecordedEvent;
  readonly contexts: EventContexts;
  next: Published | undefined;
}

/** Brings published events to their listeners, through the middleware of an event bus. */
export class ListenerDeliveries {
  readonly #queues = new Set<ListenerQueue>();
  readonly #middleware: EventMiddleware[] = [];
  readonly #owner: QueueOwner = {
    deliver: (listener, event, contexts) => this.#deliver(listener, event, contexts),
    failed: (error, delivery) => this.reports.failed(error, delivery),
    busy: queue => void (queue.released && this.#queues.add(queue)),
    idle: queue => this.#idle(queue),
  };
  #first: Published | undefined;
  #last: Published | undefined;
  #handingOut = false;
  readonly #handOut = (): void => {
    // Events that listeners publish come after those that already wait.
    const last = this.#last!;
    for (let published = this.#first; published; published = published === last ? undefined : published.next) {
      const { subscribers, event, contexts } = published;
      for (let index = 0; index < subscribers.length; index++)
        subscribers[index]!.queue.give(subscribers[index]!.listen, event, contexts);
    }
    this.#first = last.next;
    if (this.#first) ready.then(this.#handOut);
    else {
      this.#last = undefined;
      this.#handingOut = false;
      this.#lookAgain();
    }
  };
  #listen: ((delivery: EventDelivery) => Promise<unknown>) | undefined;
  #drained: (() => void)[] = [];

  constructor(private readonly reports: ListenerReports) {}

  /** Adds middleware; the first added is the outermost. @throws InvalidConfigurationError */
  use(middleware: EventMiddleware): void {
    this.#middleware.push(checkedMiddleware(middleware));
    this.#listen = compose(this.#middleware, async ({ listener, event, context }) => listener(event, context));
  }

  /** Returns a queue for the listeners of one subscription. */
  queue(): ListenerQueue {
    const queue = new ListenerQueue(this.#owner);
    this.#queues.add(queue);
    return queue;
  }

  /** Marks a queue that receives no more events; it is removed when it has delivered those published before. */
  release(queue: ListenerQueue): void {
    queue.released = true;
    if (!queue.busy) this.#queues.delete(queue);
  }

  /**
   * Hands an event out to listeners, soon but not immediately: one microtask for everything that is published
   * meanwhile. Not queueMicrotask: in Node it creates an AsyncResource for each call, which costs twice as much.
   */
  publish(subscribers: readonly Subscriber[], event: RecordedEvent, contexts: EventContexts): void {
    const published = { subscribers, event, contexts, next: undefined };
    if (this.#last) this.#last.next = published;
    else this.#first = published;
    this.#last = published;
    if (this.#handingOut) return;
    this.#handingOut = true;
    ready.then(this.#handOut);
  }

  /**
   * Resolves to true when all queues are empty, or to false after so many milliseconds; then it reports who is left.
   */
  async drain(timeout: number): Promise<boolean> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
      this.#lookAgain();
    };
    const timer = timeout > MAX_TIMER_MS ? undefined : setTimeout(over, timeout);
    while (!isOver && this.#isBusy) await new Promise<void>(resolve => this.#drained.push(resolve));
    clearTimeout(timer);
    for (const queue of this.#queues)
      if (isOver && queue.awaited) this.reports.leftBehind(queue, queue.awaited, timeout);
    return !this.#isBusy;
  }

  get #isBusy(): boolean {
    if (this.#handingOut) return true;
    for (const queue of this.#queues) if (queue.busy) return true;
    return false;
  }

  #deliver(listener: EventListener, event: RecordedEvent, contexts: EventContexts): unknown {
    const chain = this.#listen;
    if (!chain && !contexts.run) return listener(event, contexts.of(event));
    const listen = (): unknown =>
      chain ? chain({ event, context: contexts.of(event), listener }) : listener(event, contexts.of(event));
    return contexts.run ? contexts.run(event, listen) : listen();
  }

  #idle(queue: ListenerQueue): void {
    if (queue.released) this.#queues.delete(queue);
    this.#lookAgain();
  }

  /** Makes drains that wait check again. */
  #lookAgain(): void {
    if (this.#drained.length === 0) return;
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}

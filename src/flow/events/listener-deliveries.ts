import type { RecordedEvent } from '../../messages';
import { checkedMiddleware, compose } from '../buses/middleware';
import type { EventContexts, EventDelivery, EventListener, EventMiddleware } from './event-listener';
import { ListenerQueue, type QueueOwner } from './listener-queue';
import type { ListenerReports } from './listener-reports';

const ready = Promise.resolve();

/** What waits for longer waits for ever: timers of Node take no more milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Brings events from the queues of an event bus to their listeners, through its middleware. */
export class ListenerDeliveries {
  readonly #queues = new Set<ListenerQueue>();
  readonly #middleware: EventMiddleware[] = [];
  readonly #owner: QueueOwner = {
    deliver: (listener, event, contexts) => this.#deliver(listener, event, contexts),
    failed: (error, delivery) => this.reports.failed(error, delivery),
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
  #drained: (() => void)[] = [];

  constructor(private readonly reports: ListenerReports) {}

  /** Adds middleware; what was added first is the outermost. @throws InvalidConfigurationError */
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

  /** Nothing is pushed to a queue any more: it goes when what it has is delivered. */
  release(queue: ListenerQueue): void {
    queue.released = true;
    if (!queue.busy) this.#queues.delete(queue);
  }

  /** Resolves when all queues are empty, with true; with false after so many milliseconds, and reports who is left. */
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
}

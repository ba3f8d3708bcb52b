import { isPromise } from '../../concurrency';
import { HANDLING, type RecordedEvent } from '../../messages';
import type { EventContexts, EventListener } from './event-listener';

/** An event on its way to one listener. */
export interface Delivery {
  readonly listener: EventListener;
  readonly event: RecordedEvent;
  readonly contexts: EventContexts;
}

/** What a queue needs from its bus. */
export interface QueueOwner {
  /** Calls the listener; may return a promise. */
  deliver(listener: EventListener, event: RecordedEvent, contexts: EventContexts): unknown;
  failed(error: unknown, delivery: Delivery): void;
  /** The listener has not returned yet; further events wait. */
  busy(queue: ListenerQueue): void;
  /** The queue is empty. */
  idle(queue: ListenerQueue): void;
}

/** One event that waits for one listener. */
interface Waiting extends Delivery {
  next: Waiting | undefined;
}

const LATER = `${HANDLING}, a listener`;

/** Delivers events to one listener, one after another, whether or not it fails. */
export class ListenerQueue {
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #awaited: Delivery | undefined;
  /** True when no more events are added. */
  released = false;

  constructor(private readonly owner: QueueOwner) {}

  get busy(): boolean {
    return this.#awaited !== undefined;
  }

  /** The event that the listener is handling. */
  get awaited(): Delivery | undefined {
    return this.#awaited;
  }

  /** The number of events that wait behind it. */
  get waiting(): number {
    let count = 0;
    for (let waiting = this.#first; waiting; waiting = waiting.next) count++;
    return count;
  }

  /** Calls the listener immediately; while it is busy, the event waits. */
  give(listener: EventListener, event: RecordedEvent, contexts: EventContexts): void {
    if (this.#awaited) this.#append({ listener, event, contexts, next: undefined });
    else if (this.#deliver(listener, event, contexts)) this.owner.busy(this);
  }

  #append(waiting: Waiting): void {
    if (this.#last) this.#last.next = waiting;
    else this.#first = waiting;
    this.#last = waiting;
  }

  /** Calls the listener; returns whether it must be awaited. */
  #deliver(listener: EventListener, event: RecordedEvent, contexts: EventContexts): boolean {
    try {
      const result = this[HANDLING](listener, event, contexts);
      if (!isPromise(result)) return false;
      const delivery = { listener, event, contexts };
      this.#awaited = delivery;
      void this[LATER](result, delivery);
      return true;
    } catch (error) {
      this.owner.failed(error, { listener, event, contexts });
      return false;
    }
  }

  #goOn(): void {
    for (let waiting = this.#first; waiting; waiting = this.#first) {
      this.#first = waiting.next;
      if (!waiting.next) this.#last = undefined;
      if (this.#deliver(waiting.listener, waiting.event, waiting.contexts)) return;
    }
    this.#awaited = undefined;
    this.owner.idle(this);
  }

  /** @internal */
  [HANDLING](listener: EventListener, event: RecordedEvent, contexts: EventContexts): unknown {
    return this.owner.deliver(listener, event, contexts);
  }

  /** @internal */
  async [LATER](result: PromiseLike<unknown>, delivery: Delivery): Promise<void> {
    try {
      await result;
    } catch (error) {
      this.owner.failed(error, delivery);
    }
    this.#goOn();
  }
}

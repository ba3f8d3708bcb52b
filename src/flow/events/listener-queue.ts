import { HANDLING, type RecordedEvent } from '../../messages';
import type { EventContexts, EventListener } from './event-listener';

/** An event on its way to a listener. */
export interface Delivery {
  readonly listener: EventListener;
  readonly event: RecordedEvent;
  readonly contexts: EventContexts;
}

/** What a queue tells its bus. */
export interface QueueOwner {
  /** Calls the listener; may return a promise. */
  deliver(listener: EventListener, event: RecordedEvent, contexts: EventContexts): unknown;
  failed(error: unknown, delivery: Delivery): void;
  /** The queue has something to do: its `run` is to be called soon, but not at once. */
  wake(queue: ListenerQueue): void;
  /** The queue has nothing more to do for now. */
  idle(queue: ListenerQueue): void;
}

/** One event that waits for one listener. */
interface Waiting extends Delivery {
  next: Waiting | undefined;
}

const LATER = `${HANDLING}, a listener`;

/** Delivers events to one listener: asynchronously, one after the other, whatever becomes of each. */
export class ListenerQueue {
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #running = false;
  #awaited: Waiting | undefined;
  /** True when nobody can push any more. */
  released = false;
  /** The queue whose turn is after this one's, while its owner has both to run. */
  nextWoken: ListenerQueue | undefined;

  constructor(private readonly owner: QueueOwner) {}

  get busy(): boolean {
    return this.#running;
  }

  /** What the listener has been given and not answered yet. */
  get awaited(): Delivery | undefined {
    return this.#awaited;
  }

  /** How many events wait behind the one that the listener has. */
  get waiting(): number {
    let count = 0;
    for (let waiting = this.#first; waiting; waiting = waiting.next) count++;
    return count;
  }

  push(listener: EventListener, event: RecordedEvent, contexts: EventContexts): void {
    const waiting = { listener, event, contexts, next: undefined };
    if (this.#last) this.#last.next = waiting;
    else this.#first = waiting;
    this.#last = waiting;
    if (this.#running) return;
    this.#running = true;
    this.owner.wake(this);
  }

  /** Delivers what waits. */
  readonly run = (): void => {
    this.#awaited = undefined;
    for (let waiting = this.#take(); waiting; waiting = this.#take()) {
      try {
        const result = this[HANDLING](waiting);
        if (typeof (result as Promise<unknown> | undefined)?.then === 'function') {
          this.#awaited = waiting;
          void this[LATER](result as Promise<unknown>, waiting);
          return;
        }
      } catch (error) {
        this.owner.failed(error, waiting);
      }
    }
    this.#running = false;
    this.owner.idle(this);
  };

  #take(): Waiting | undefined {
    const waiting = this.#first;
    if (waiting) {
      this.#first = waiting.next;
      if (!waiting.next) this.#last = undefined;
    }
    return waiting;
  }

  /** @internal */
  [HANDLING]({ listener, event, contexts }: Waiting): unknown {
    return this.owner.deliver(listener, event, contexts);
  }

  /** @internal */
  async [LATER](result: Promise<unknown>, waiting: Waiting): Promise<void> {
    try {
      await result;
    } catch (error) {
      this.owner.failed(error, waiting);
    }
    this.run();
  }
}

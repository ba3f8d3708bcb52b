import type { RecordedEvent } from '../messages';
import type { EventContexts, EventListener } from './event-listener';

/** What a queue tells its bus. */
export interface QueueOwner {
  /** Calls the listener; may return a promise. */
  deliver(listener: EventListener, event: RecordedEvent, contexts: EventContexts): unknown;
  failed(error: unknown, event: RecordedEvent): void;
  /** The queue has something to do: its `run` is to be called soon, but not at once. */
  wake(queue: ListenerQueue): void;
  /** The queue has nothing more to do for now. */
  idle(queue: ListenerQueue): void;
}

/** Delivers events to one listener: asynchronously, one after the other, whatever becomes of each. */
export class ListenerQueue {
  /** What waits, three entries each: listener, event, contexts. */
  #waiting: unknown[] = [];
  #next = 0;
  #running = false;
  /** True when nobody can push any more. */
  released = false;

  constructor(private readonly owner: QueueOwner) {}

  get busy(): boolean {
    return this.#running;
  }

  push(listener: EventListener, event: RecordedEvent, contexts: EventContexts): void {
    this.#waiting.push(listener, event, contexts);
    if (this.#running) return;
    this.#running = true;
    this.owner.wake(this);
  }

  /** Delivers what waits. */
  readonly run = (): void => {
    while (this.#next < this.#waiting.length) {
      const listener = this.#waiting[this.#next++] as EventListener;
      const event = this.#waiting[this.#next++] as RecordedEvent;
      const contexts = this.#waiting[this.#next++] as EventContexts;
      this.#forgetDelivered();
      try {
        const result = this.owner.deliver(listener, event, contexts);
        if (typeof (result as Promise<unknown> | undefined)?.then === 'function') {
          (result as Promise<unknown>).then(this.run, error => {
            this.owner.failed(error, event);
            this.run();
          });
          return;
        }
      } catch (error) {
        this.owner.failed(error, event);
      }
    }
    this.#running = false;
    this.owner.idle(this);
  };

  /** Frees what was delivered: now and then, so that a long queue is not copied for each event. */
  #forgetDelivered(): void {
    if (this.#next === this.#waiting.length) this.#waiting = [];
    else if (this.#next > 3000 && this.#next * 2 > this.#waiting.length) this.#waiting = this.#waiting.slice(this.#next);
    else return;
    this.#next = 0;
  }
}

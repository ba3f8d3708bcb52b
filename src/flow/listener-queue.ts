import type { RecordedEvent } from '../messages';

/** Calls the listener's function for an event; may return a promise. */
export type Delivery = (event: RecordedEvent) => unknown;

/** Delivers events to one listener: asynchronously, one after the other, whatever becomes of each. */
export class ListenerQueue {
  #waiting: (Delivery | RecordedEvent)[] = [];
  #next = 0;
  #running = false;
  /** True when nobody can push any more. */
  released = false;
  readonly #run = (): void => this.#drain();

  constructor(
    readonly failed: (error: unknown, event: RecordedEvent) => void,
    readonly idle: () => void,
  ) {}

  get busy(): boolean {
    return this.#running;
  }

  push(deliver: Delivery, event: RecordedEvent): void {
    this.#waiting.push(deliver, event);
    if (this.#running) return;
    this.#running = true;
    queueMicrotask(this.#run);
  }

  #drain(): void {
    while (this.#next < this.#waiting.length) {
      const deliver = this.#waiting[this.#next++] as Delivery;
      const event = this.#waiting[this.#next++] as RecordedEvent;
      if (this.#next > 1024) this.#forgetDelivered();
      try {
        const result = deliver(event);
        if (typeof (result as Promise<unknown> | undefined)?.then === 'function') {
          (result as Promise<unknown>).then(this.#run, error => {
            this.failed(error, event);
            this.#drain();
          });
          return;
        }
      } catch (error) {
        this.failed(error, event);
      }
    }
    this.#waiting = [];
    this.#next = 0;
    this.#running = false;
    this.idle();
  }

  #forgetDelivered(): void {
    this.#waiting = this.#waiting.slice(this.#next);
    this.#next = 0;
  }
}

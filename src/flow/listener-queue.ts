import type { RecordedEvent } from '../messages';

/** An event on its way to a listener; `deliver` calls the listener and may return a promise. */
export interface Delivery {
  readonly event: RecordedEvent;
  deliver(): unknown;
}

const ready = Promise.resolve();

/** Delivers events to one listener: asynchronously, one after the other, whatever becomes of each. */
export class ListenerQueue {
  #waiting: Delivery[] = [];
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

  push(delivery: Delivery): void {
    this.#waiting.push(delivery);
    if (this.#running) return;
    this.#running = true;
    // Not queueMicrotask: on Node that makes an AsyncResource for each call, which costs twice as much.
    ready.then(this.#run);
  }

  #drain(): void {
    while (this.#next < this.#waiting.length) {
      const delivery = this.#waiting[this.#next++]!;
      if (this.#next > 1024) this.#forgetDelivered();
      try {
        const result = delivery.deliver();
        if (typeof (result as Promise<unknown> | undefined)?.then === 'function') {
          (result as Promise<unknown>).then(this.#run, error => {
            this.failed(error, delivery.event);
            this.#drain();
          });
          return;
        }
      } catch (error) {
        this.failed(error, delivery.event);
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

import { setImmediate } from 'node:timers/promises';

/** Lets all callers within one turn of the event loop share one answer, which is requested after they have asked. */
export class SharedLook<T> {
  #next: Promise<T> | undefined;

  constructor(private readonly look: () => Promise<T>) {}

  /** Resolves to the answer of a request that started after the call; rejects with its error. */
  ask(): Promise<T> {
    this.#next ??= this.#soon();
    return this.#next;
  }

  async #soon(): Promise<T> {
    await setImmediate();
    this.#next = undefined;
    return this.look();
  }
}

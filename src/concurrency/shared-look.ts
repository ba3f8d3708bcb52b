import { setImmediate } from 'node:timers/promises';

/** Lets all who ask within one turn of the event loop share one answer, which is looked for after they have asked. */
export class SharedLook<T> {
  #next: Promise<T> | undefined;

  constructor(private readonly look: () => Promise<T>) {}

  /** Resolves to what a look has found that began after the call; rejects with its error. */
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

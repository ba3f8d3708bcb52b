/** Lets work of one key run one after the other, in the order in which it was asked for; other keys run meanwhile. */
export class Lanes {
  /** By key, who waits behind the work that runs; a key without work is absent. */
  readonly #waiting = new Map<string, (() => void)[] | undefined>();

  /** Enters a lane: at once when nobody is in it, else when the promise resolves. Whoever has entered must {@link leave}. */
  enter(key: string): Promise<void> | undefined {
    if (this.#waiting.has(key)) return this.#wait(key);
    this.#waiting.set(key, undefined);
    return undefined;
  }

  /** Lets the next one in. */
  leave(key: string): void {
    const next = this.#waiting.get(key)?.shift();
    if (next) next();
    else this.#waiting.delete(key);
  }

  #wait(key: string): Promise<void> {
    return new Promise(resolve => {
      const waiting = this.#waiting.get(key);
      if (waiting) waiting.push(resolve);
      else this.#waiting.set(key, [resolve]);
    });
  }
}

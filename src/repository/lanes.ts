type Waiting = (() => void)[];

/** Lets work of one key run one after the other, in the order in which it was asked for; other keys run meanwhile. */
export class Lanes {
  /** By key, who waits behind the work that runs; a key without work is absent. */
  readonly #waiting = new Map<string, Waiting | undefined>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.has(key)) await this.#wait(key);
    else this.#waiting.set(key, undefined);
    try {
      return await work();
    } finally {
      this.#next(key);
    }
  }

  #wait(key: string): Promise<void> {
    return new Promise(resolve => {
      const waiting = this.#waiting.get(key);
      if (waiting) waiting.push(resolve);
      else this.#waiting.set(key, [resolve]);
    });
  }

  #next(key: string): void {
    const next = this.#waiting.get(key)?.shift();
    if (next) next();
    else this.#waiting.delete(key);
  }
}

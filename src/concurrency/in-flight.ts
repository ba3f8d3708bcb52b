/**
 * Counts what is under way, so that a shutdown can wait for it.
 *
 * Not a Set of promises: V8 replaces a table from which things are deleted all the time, the old one keeps the new one
 * and what was in it, and so every result lived until the next full collection: with PostgreSQL a seventh of the
 * processor time of a command.
 */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  get busy(): boolean {
    return this.#count > 0;
  }

  begin(): void {
    this.#count++;
  }

  end(): void {
    if (--this.#count > 0 || this.#waiting.length === 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Counts until a promise is settled. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work;
    } finally {
      this.end();
    }
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise(resolve => this.#waiting.push(resolve));
  }
}

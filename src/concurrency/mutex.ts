/** Runs work one piece at a time, in the order in which it was asked for. A caller does not wait while nothing runs. */
export class Mutex {
  #last: Promise<unknown> | undefined;

  /** Whether work is running or waiting. */
  get taken(): boolean {
    return this.#last !== undefined;
  }

  /** Runs work alone, after everything that was asked for before. */
  async take<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last === undefined ? started(work) : this.#last.then(work);
    const over: Promise<void> = turn.then(
      () => this.#end(over),
      () => this.#end(over),
    );
    this.#last = over;
    return turn;
  }

  /** Runs synchronous work: immediately if nothing is running, otherwise in its turn. */
  async pass<T>(work: () => T): Promise<T> {
    return this.taken ? this.take(work) : work();
  }

  /** Resolves when nothing is running or waiting. */
  async over(): Promise<void> {
    while (this.#last) await this.#last;
  }

  #end(turn: Promise<unknown>): void {
    if (this.#last === turn) this.#last = undefined;
  }
}

const started = async <T>(work: () => T | Promise<T>): Promise<T> => work();

/** Lets transactions run one at a time, and what else is to be written between them. Who comes while nothing runs does not wait. */
export class Turns {
  #last: Promise<unknown> | undefined;

  /** Somebody has a turn, or waits for one. */
  get taken(): boolean {
    return this.#last !== undefined;
  }

  /** Works alone, after all that came before. */
  async take<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last === undefined ? started(work) : this.#last.then(work);
    const over: Promise<void> = turn.then(
      () => this.#end(over),
      () => this.#end(over),
    );
    this.#last = over;
    return turn;
  }

  /** Does at once what takes no time, unless somebody has a turn. */
  async pass<T>(work: () => T): Promise<T> {
    return this.taken ? this.take(work) : work();
  }

  /** Resolves when all that have come so far have had their turn. */
  async over(): Promise<void> {
    await this.#last;
  }

  #end(turn: Promise<unknown>): void {
    if (this.#last === turn) this.#last = undefined;
  }
}

const started = async <T>(work: () => T | Promise<T>): Promise<T> => work();

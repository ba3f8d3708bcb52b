import { Inside } from './inside-transaction';

/** Runs transactions one at a time, and other writes between them. A caller does not wait while nothing runs. */
export class Mutex {
  #last: Promise<unknown> | undefined;
  #inside: Inside | undefined;

  /** A turn is under way, or is waited for. */
  get taken(): boolean {
    return this.#last !== undefined;
  }

  /**
   * Refuses a caller that is part of the user's work that has the turn: another turn would never come. @throws
   * InsideTransactionError
   */
  async refuseInside(): Promise<void> {
    if (this.#inside?.busy) await this.#inside.refuse();
  }

  /** Whether the caller is part of the user's work that has the turn. */
  get inside(): boolean {
    return this.#inside?.here ?? false;
  }

  /** Runs work of the user's own alone; what of it wants another turn is refused. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    this.#inside ??= new Inside();
    const inside = this.#inside;
    return this.take(() => inside.run(work));
  }

  /** Works alone, after all that came before. @throws InsideTransactionError */
  async take<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#inside?.busy) await this.#inside.refuse();
    const turn = this.#last === undefined ? started(work) : this.#last.then(work);
    const over: Promise<void> = turn.then(
      () => this.#end(over),
      () => this.#end(over),
    );
    this.#last = over;
    return turn;
  }

  /** Does at once what takes no time, unless a turn is under way. */
  async pass<T>(work: () => T): Promise<T> {
    return this.taken ? this.take(work) : work();
  }

  /** Resolves when all that have come so far have had their turn. */
  async over(): Promise<void> {
    while (this.#last) await this.#last;
  }

  #end(turn: Promise<unknown>): void {
    if (this.#last === turn) this.#last = undefined;
  }
}

const started = async <T>(work: () => T | Promise<T>): Promise<T> => work();

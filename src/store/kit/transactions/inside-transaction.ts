import { namesOnStack } from '../../../messages';
import { InsideTransactionError } from '../../ports/projection-errors';

/** How many microtasks it takes until a function that returns a promise has passed it on. */
const TICKS = 4;

let marks = 0;

/**
 * Tells whether a call comes from inside some work, even after an `await`. It costs nothing while no work is running,
 * unlike AsyncLocalStorage, which slows down every promise of a process on Node 20; but it sees no more than
 * `namesOnStack` does.
 */
export class Inside {
  readonly #name = `eventuality inside ${++marks}`;
  /** The name is on the stack while the work is awaited. */
  readonly #marked: (work: () => unknown) => Promise<any> = {
    [this.#name]: async (work: () => unknown) => await work(),
  }[this.#name]!;
  #running = 0;

  async run<T>(work: () => T | Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await this.#marked(work);
    } finally {
      this.#running--;
    }
  }

  /** Whether the caller is part of the work, or was called by it without being awaited. */
  get here(): boolean {
    return this.#running > 0 && namesOnStack().includes(this.#name);
  }

  /** Whether any work is running, which is cheap to check first. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** Refuses a caller that is part of the work and awaits this. @throws InsideTransactionError */
  async refuse(): Promise<void> {
    // When the callers have returned, only functions that await are on the stack.
    for (let tick = 0; tick < TICKS; tick++) await undefined;
    if (this.here) throw new InsideTransactionError();
  }
}

import { namesOnStack } from '../../../messages';
import { InsideTransactionError } from '../../ports/projection-errors';

/** How many microtasks it takes until who returns a promise has handed it on. */
const TICKS = 4;

let marks = 0;

/**
 * Tells whether a call comes from inside of some work, also after it has awaited something. It costs nothing while no
 * work is under way, unlike AsyncLocalStorage, which slows every promise of a process on Node 20; but it sees no more
 * than `namesOnStack` does.
 */
export class Inside {
  readonly #name = `eventuality inside ${++marks}`;
  /** The name is on the stack as long as the work is awaited. */
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

  /** Whether the work is under way at all: only then it is worth to ask. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** Refuses a caller that is part of the work and awaits this. @throws InsideTransactionError */
  async refuse(): Promise<void> {
    // When the callers have returned, only those who await are on the stack.
    for (let tick = 0; tick < TICKS; tick++) await undefined;
    if (this.here) throw new InsideTransactionError();
  }
}

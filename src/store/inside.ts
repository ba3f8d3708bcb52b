import { InsideTransactionError } from './projection-errors';

/** How many frames are looked through: a command inside of a handler is some thirty deep. */
const FRAMES = 200;

/** How many microtasks it takes until who returns a promise has handed it on. */
const TICKS = 4;

let marks = 0;

/**
 * Tells whether a call comes from inside of some work, also after it has awaited something: by the stack of V8, which knows who awaits whom. It
 * costs nothing while no work is under way, unlike AsyncLocalStorage, which slows every promise of a process on Node 20. It does not see through
 * callbacks of timers and the like.
 */
export class Inside {
  readonly #name = `eventuality inside ${++marks}`;
  /** The name is on the stack as long as somebody awaits the work. */
  readonly #marked: (work: () => unknown) => Promise<any> = { [this.#name]: async (work: () => unknown) => await work() }[this.#name]!;
  #running = 0;

  async run<T>(work: () => T | Promise<T>): Promise<T> {
    this.#running++;
    try {
      return await this.#marked(work);
    } finally {
      this.#running--;
    }
  }

  /** Whether whoever asks is part of the work, or was called by it, though nobody may wait for it. */
  get here(): boolean {
    return this.#running > 0 && namesOnStack().includes(this.#name);
  }

  /** Whether the work is under way at all: only then it is worth to ask. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** Refuses whoever is part of the work and awaits this. @throws InsideTransactionError */
  async refuse(): Promise<void> {
    // When the callers have returned, only those who await are on the stack.
    for (let tick = 0; tick < TICKS; tick++) await undefined;
    if (this.here) throw new InsideTransactionError();
  }
}

interface Frame {
  getFunctionName(): string | null;
}

function namesOnStack(): readonly (string | null)[] {
  const { stackTraceLimit, prepareStackTrace } = Error;
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = (_, frames) => frames;
  try {
    Error.captureStackTrace(holder, namesOnStack);
    return (holder.stack as readonly Frame[]).map(frame => frame.getFunctionName());
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}

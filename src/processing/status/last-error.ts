import { type Clock, errorMessage, formatError } from '../../messages';
import type { EventProcessorStatus } from './status';

/** The same length as in a dead letter. */
const MAX_STACK_LENGTH = 4000;

/** Keeps the last error of a handler. Other failures, usually of the store, are kept only if no handler has thrown. */
export class LastError {
  #ofHandler: EventProcessorStatus['lastError'];
  #other: EventProcessorStatus['lastError'];

  constructor(private readonly clock: Clock) {}

  get ofHandler(): EventProcessorStatus['lastError'] {
    return this.#ofHandler;
  }

  /** The last one, including those of handlers in other processes. */
  among(others: readonly EventProcessorStatus['lastError'][]): EventProcessorStatus['lastError'] {
    const thrown = [this.#ofHandler, ...others].filter(error => error !== undefined);
    return thrown.sort((one, other) => (one.at < other.at ? 1 : -1))[0] ?? this.#other;
  }

  /** Called when a handler has thrown; `position` is that of its event, if it is stored. */
  handler(error: unknown, position: bigint | undefined): void {
    this.#ofHandler = this.#note(error, position);
  }

  other(error: unknown): void {
    this.#other = this.#note(error, undefined);
  }

  #note(error: unknown, position: bigint | undefined): EventProcessorStatus['lastError'] {
    const stack = formatError(error).slice(0, MAX_STACK_LENGTH);
    return { message: errorMessage(error), stack, at: new Date(this.clock.now()).toISOString(), position };
  }
}

import { EventualityError, listed } from '../messages';

/** Thrown by `bootstrap` with all wiring mistakes, each with its fix. Nothing was started. */
export class WiringError extends EventualityError {
  readonly code = 'WIRING';

  constructor(
    readonly faults: readonly string[],
    options?: { cause?: unknown },
  ) {
    super(`The application cannot be wired: ${listed(faults)}`, options);
  }
}

import { EventualityError } from '../faults/errors';
import { shownValue } from '../faults/shown';

/** Thrown when a value is not one that its codec can store, or stored data is not what the codec stores. */
export class InvalidValueError extends EventualityError {
  readonly code = 'INVALID_VALUE';

  constructor(codec: string, value: unknown, wanted: string, did: 'received' | 'returned' = 'received') {
    super(`${codec} ${did} ${shownValue(value)}; it must be ${wanted}.`);
  }
}

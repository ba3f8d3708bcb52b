import { isStrayPromise } from '../../concurrency';
import { EventualityError, listed } from '../faults/errors';
import { reasonOf } from '../faults/format-error';
import { shownText, shownValue } from '../faults/shown';

/** Thrown when a stored event has a later version than its class: a newer version of the application stored it. */
export class NewerEventError extends EventualityError {
  readonly code = 'NEWER_EVENT';

  constructor(
    readonly eventName: string,
    /** The stored version. */
    readonly stored: number,
    /** The version that the class knows. */
    readonly known: number,
  ) {
    super(
      `An event '${shownText(eventName)}' is stored in version ${stored}, but this process knows its shape only up to version ${known}: a newer version of the ` +
        'application stored it. Deploy the newer version wherever such events are read, before it stores them.',
    );
  }
}

/** Thrown when an event is stored in an earlier version, and nothing leads from there to the version of its class. */
export class MissingUpcasterError extends EventualityError {
  readonly code = 'MISSING_UPCASTER';

  constructor(
    readonly eventName: string,
    /** The version from which no step leads on. */
    readonly from: number,
    /** The version of the class. */
    readonly known: number,
  ) {
    super(
      `An event '${shownText(eventName)}' of version ${from} cannot be read as version ${known}: there is no step from version ${from}. ` +
        `Add it: @Event('${shownText(eventName)}', { version: ${known}, upcast: { ${from}: data => ({ ...data }) } }).`,
    );
  }
}

/** Thrown when a step or an upcaster fails, or returns what is no event data. */
export class UpcastFailedError extends EventualityError {
  readonly code = 'UPCAST_FAILED';

  constructor(
    readonly eventName: string,
    /** The version that the step is from. */
    readonly from: number,
    what: string,
    cause?: unknown,
  ) {
    super(
      `The step from version ${from} of the event '${shownText(eventName)}' ${what}.`,
      cause === undefined ? {} : { cause },
    );
  }
}

/** What a step, an upcaster or a step back has thrown. */
export const hasThrown = (name: string, from: number, cause: unknown): UpcastFailedError =>
  new UpcastFailedError(name, from, `has thrown an error: ${reasonOf(cause)}`, cause);

/** What a step or an upcaster returned, and should not have. */
export function notData(name: string, from: number, made: unknown, wanted: string): UpcastFailedError {
  if (isStrayPromise(made)) return new UpcastFailedError(name, from, 'returned a promise; it must be synchronous');
  return new UpcastFailedError(name, from, `returned ${shownValue(made)}; it must return ${wanted}`);
}

/** Thrown when events and their upcasters do not fit together; `faults` lists all mistakes. */
export class InvalidEventsError extends EventualityError {
  readonly code = 'INVALID_EVENTS';

  constructor(readonly faults: readonly string[]) {
    super(`Stored events cannot be read: ${listed(faults)}`);
  }
}

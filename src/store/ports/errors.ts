import { EventualityError, listed, shownPath, shownText, shownValue, shownWithType } from '../../messages';
import { PAGE_LIMIT } from './event-store';
import type { Conflict, ExpectedVersion } from './stream-append';
import type { StreamName } from './stream-name';

const named = ({ aggregateName, aggregateId }: StreamName): string =>
  `${shownText(aggregateName)} '${shownText(aggregateId)}'`;

/** Thrown when a stream has moved on, and retries did not help or were ruled out by an expected version. */
export class ConcurrencyError extends EventualityError {
  readonly code = 'CONCURRENCY';
  readonly expected: ExpectedVersion;
  readonly actual: number;

  constructor(readonly conflicts: readonly Conflict[]) {
    const lines = conflicts.map(
      ({ stream, expected, actual }) => `${named(stream)} is at version ${actual}, expected was ${expected}.`,
    );
    super(`${listed(lines)} Load it again and decide on its current state.`);
    this.expected = conflicts[0]!.expected;
    this.actual = conflicts[0]!.actual;
  }
}

/** Thrown when an append is malformed; `faults` lists all mistakes. Nothing was written. */
export class InvalidAppendError extends EventualityError {
  readonly code = 'INVALID_APPEND';

  constructor(readonly faults: readonly string[]) {
    super(`The append was refused: ${listed(faults)}`);
  }
}

/** Thrown when an event id is already stored, but not in an identical append. */
export class DuplicateEventError extends EventualityError {
  readonly code = 'DUPLICATE_EVENT';

  constructor(
    readonly eventId: string,
    /** How the stored event differs, if known, such as `with another payload`. */
    readonly difference?: string,
  ) {
    const how = difference === undefined ? '' : `: ${difference}`;
    super(
      `An event with the id '${shownText(eventId)}' is already stored${how}. Repeat an append as a whole, or give new events new ids.`,
    );
  }
}

/** Thrown when a claim of a command is malformed; `faults` lists all mistakes. Nothing was written. */
export class InvalidClaimError extends EventualityError {
  readonly code = 'INVALID_CLAIM';

  constructor(readonly faults: readonly string[]) {
    super(`The claim of a command was refused: ${listed(faults)}`);
  }
}

/**
 * Thrown when a command is appended under a claim that has expired and was taken over by another process, which carries
 * the command out.
 */
export class ClaimLostError extends EventualityError {
  readonly code = 'CLAIM_LOST';

  constructor(readonly commandId: string) {
    super(
      `The command '${shownText(commandId)}' was taken over by another process, because the claim of this one expired. Ask for its outcome again.`,
    );
  }
}

const PAGE_RANGES = {
  from: 'an integer from 1',
  limit: `an integer from 1 to ${PAGE_LIMIT}`,
  after: 'a bigint from 0n',
  upTo: 'a bigint from 0n',
};

/** Thrown when the limits of a page are out of range. */
export class InvalidPageError extends EventualityError {
  readonly code = 'INVALID_PAGE';

  constructor(field: 'from' | 'limit' | 'after' | 'upTo', value: unknown) {
    super(`The page's ${field} is ${shownWithType(value)}; it must be ${PAGE_RANGES[field]}.`);
  }
}

/** Thrown when a store is used after `close()`. */
export class StoreClosedError extends EventualityError {
  readonly code = 'STORE_CLOSED';

  constructor() {
    super('The event store is closed. Close it after everything that uses it, or open another one.');
  }
}

/** Thrown when an event, or an append as a whole, is larger than the store accepts. Nothing was written. */
export class PayloadTooLargeError extends EventualityError {
  readonly code = 'PAYLOAD_TOO_LARGE';

  constructor(
    readonly path: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(
      `${shownPath(path)} is ${bytes} bytes as JSON; the limit is ${limit}. Store the large part elsewhere and keep a reference to it in the event.`,
    );
  }
}

/**
 * Thrown when an event cannot be restored: it is incomplete, too large, or does not follow the stored events. The call
 * wrote nothing.
 */
export class InvalidRestoreError extends EventualityError {
  readonly code = 'INVALID_RESTORE';

  constructor(
    /** The event's place in the list given, from 0. */
    readonly index: number,
    /** What is wrong with it, in sentences. */
    readonly fault: string,
    cause?: unknown,
  ) {
    super(`events[${index}] cannot be restored: ${fault} Nothing was written.`, { cause });
  }
}

/** Thrown when the target of an import has no `restore`. Nothing was read or written. */
export class RestoreUnsupportedError extends EventualityError {
  readonly code = 'RESTORE_UNSUPPORTED';

  constructor() {
    super(
      'This event store has no method restore(events), so it cannot keep positions and times. Import into a store that has it, or add the method.',
    );
  }
}

/**
 * Thrown when a line of an import is not an event, or does not follow the stored events. Earlier lines may be stored.
 */
export class InvalidImportError extends EventualityError {
  readonly code = 'INVALID_IMPORT';

  constructor(
    /** The number of the line, from 1. */
    readonly line: number,
    /** What is wrong with it, as sentences. */
    readonly fault: string,
    cause?: unknown,
  ) {
    super(
      `Line ${line} cannot be imported: ${fault} Correct the file and import it again: events that are already stored are skipped.`,
      { cause },
    );
  }
}

/**
 * Thrown to readers of a subscription when an event that it has delivered is gone, because an older backup was restored
 * under a running process. Discard what was derived from the events and start again from what is stored. Caches and
 * live read models do so by themselves, and log it.
 */
export class HistoryReplacedError extends EventualityError {
  readonly code = 'HISTORY_REPLACED';

  constructor(
    /** The position of the event that is gone. */
    readonly position: bigint,
    readonly eventId: string,
  ) {
    super(
      `The event ${eventId} at position ${position} is gone: the events were replaced, for example by an older backup. ` +
        'Discard what was derived from them and start again from what is stored.',
    );
  }
}

/**
 * Thrown by a store whose tables or functions were dropped while a process used it. The process continues when they are
 * there again; what it knew of the events is no longer valid.
 */
export class StoreGoneError extends EventualityError {
  readonly code = 'STORE_GONE';

  constructor(
    /** Where the tables were: the name of a schema, or of a file. */
    readonly place: string,
    cause: unknown,
  ) {
    super(
      `The event store in ${shownValue(place)} is gone: its tables or functions were dropped while this process ran. ` +
        'The process continues by itself when they are there again, for example because a process starts that creates ' +
        'them. What it knew of the events is no longer valid.',
      { cause },
    );
  }
}

import { EventualityError, listed, shownPath, shownText, shownWithType } from '../../messages';
import { PAGE_LIMIT } from './event-store';
import type { Conflict, ExpectedVersion } from './stream-append';
import type { StreamName } from './stream-name';

const named = ({ aggregateName, aggregateId }: StreamName): string =>
  `${shownText(aggregateName)} '${shownText(aggregateId)}'`;

/** Thrown when a stream had moved on and deciding again did not help, or was ruled out by a pinned version. */
export class ConcurrencyError extends EventualityError {
  readonly code = 'CONCURRENCY';
  readonly expected: ExpectedVersion;
  readonly actual: number;

  constructor(readonly conflicts: readonly Conflict[]) {
    const lines = conflicts.map(
      ({ stream, expected, actual }) => `${named(stream)} is at version ${actual}, expected was ${expected}.`,
    );
    super(`${listed(lines)} Load it again and decide on what is there now.`);
    this.expected = conflicts[0]!.expected;
    this.actual = conflicts[0]!.actual;
  }
}

/** Thrown when an append is malformed; all its faults are listed and nothing was written. */
export class InvalidAppendError extends EventualityError {
  readonly code = 'INVALID_APPEND';

  constructor(readonly faults: readonly string[]) {
    super(`The append was refused: ${listed(faults)}`);
  }
}

/** Thrown when an event id is in the store already, but not as the whole of the same append. */
export class DuplicateEventError extends EventualityError {
  readonly code = 'DUPLICATE_EVENT';

  constructor(
    readonly eventId: string,
    /** How it is stored, where that is known: `with another payload`. */
    readonly difference?: string,
  ) {
    const how = difference === undefined ? '' : `: ${difference}`;
    super(
      `An event with the id '${shownText(eventId)}' is stored already${how}. Repeat an append as a whole, or give new events new ids.`,
    );
  }
}

/** Thrown when a claim of a command is malformed; all its faults are listed and nothing was written. */
export class InvalidClaimError extends EventualityError {
  readonly code = 'INVALID_CLAIM';

  constructor(readonly faults: readonly string[]) {
    super(`The claim of a command was refused: ${listed(faults)}`);
  }
}

/**
 * Thrown when a command is appended under a claim that has run out and was taken over: it is being carried out
 * elsewhere.
 */
export class ClaimLostError extends EventualityError {
  readonly code = 'CLAIM_LOST';

  constructor(readonly commandId: string) {
    super(
      `The command '${shownText(commandId)}' was taken over by another process, because this one gave no sign of life. Ask for its outcome again.`,
    );
  }
}

/** Thrown when a page asked for is out of range. */
export class InvalidPageError extends EventualityError {
  readonly code = 'INVALID_PAGE';

  constructor(field: 'from' | 'limit' | 'after', value: unknown) {
    const range = { from: 'an integer from 1', limit: `an integer from 1 to ${PAGE_LIMIT}`, after: 'a bigint from 0n' }[
      field
    ];
    super(`The page's ${field} is ${shownWithType(value)}; it must be ${range}.`);
  }
}

/** Thrown when a store is used after `close()`. */
export class StoreClosedError extends EventualityError {
  readonly code = 'STORE_CLOSED';

  constructor() {
    super('The event store is closed. Close it after everything that uses it, or open another one.');
  }
}

/** Thrown when an event, or an append as a whole, is larger than the store takes. Nothing was written. */
export class PayloadTooLargeError extends EventualityError {
  readonly code = 'PAYLOAD_TOO_LARGE';

  constructor(
    readonly path: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(
      `${shownPath(path)} is ${bytes} bytes as JSON, the limit is ${limit}. Store the large part elsewhere and keep a reference to it in the event.`,
    );
  }
}

/**
 * Thrown when an event cannot be restored: it is not whole, is too large, or does not follow on what is there. Nothing
 * of the call was written.
 */
export class InvalidRestoreError extends EventualityError {
  readonly code = 'INVALID_RESTORE';

  constructor(
    /** The event's place in the list given, from 0. */
    readonly index: number,
    /** What is wrong with it, as sentences. */
    readonly fault: string,
    cause?: unknown,
  ) {
    super(`events[${index}] cannot be restored: ${fault} Nothing was written.`, { cause });
  }
}

/**
 * Thrown when events are to be imported into a store that cannot take them in as they are. Nothing was read or written.
 */
export class RestoreUnsupportedError extends EventualityError {
  readonly code = 'RESTORE_UNSUPPORTED';

  constructor() {
    super(
      'This event store has no method restore(events): it cannot keep positions and times. Import into one that has it, or add it.',
    );
  }
}

/**
 * Thrown when a line of an import is not an event, or does not follow on what is there. The lines before it may be
 * stored.
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
      `Line ${line} cannot be imported: ${fault} Mend the file and import it again: what is stored by then is skipped.`,
      { cause },
    );
  }
}

/**
 * Thrown to the readers of subscriptions when an event that they were given is gone: an older backup was put in place
 * under a running process. What was read or kept of the events since then is void: begin again from what is stored.
 * Caches and live read models do so by themselves, and log it.
 */
export class HistoryReplacedError extends EventualityError {
  readonly code = 'HISTORY_REPLACED';

  constructor(
    /** Where the event stood that is gone. */
    readonly position: bigint,
    readonly eventId: string,
  ) {
    super(
      `The event ${eventId} at position ${position} is gone: the events were replaced, as by an older backup. ` +
        'What was read or kept of them is void: begin again from what is stored.',
    );
  }
}

import { EventualityError, listed, shownText } from '../../messages';

/**
 * Thrown when a read model cannot be prepared: its schema is malformed, or differs from the one that this version was
 * prepared with.
 */
export class InvalidReadModelError extends EventualityError {
  readonly code = 'INVALID_READ_MODEL';

  constructor(readonly faults: readonly string[]) {
    super(`The read model was refused: ${listed(faults)}`);
  }
}

/**
 * Thrown when a read model is used in a version that was not prepared, or was dropped; and when one is written to that
 * readers have left.
 */
export class UnknownReadModelError extends EventualityError {
  readonly code = 'UNKNOWN_READ_MODEL';

  constructor(
    readonly readModel: string,
    readonly version: number,
  ) {
    super(
      `The read model '${shownText(readModel)}' is not known in version ${version}. Call prepare({ name, version, indexes }) first.`,
    );
  }
}

/** Thrown when documents cannot be searched for as asked; all faults are listed. */
export class InvalidDocumentQueryError extends EventualityError {
  readonly code = 'INVALID_DOCUMENT_QUERY';

  constructor(
    readonly readModel: string,
    readonly faults: readonly string[],
  ) {
    super(`The query of the read model '${shownText(readModel)}' was refused: ${listed(faults)}`);
  }
}

/**
 * Thrown when a commit of a projection is malformed, or the database takes none of its kind; all faults are listed and
 * nothing was written.
 */
export class InvalidCommitError extends EventualityError {
  readonly code = 'INVALID_COMMIT';

  constructor(
    readonly faults: readonly string[],
    cause?: unknown,
  ) {
    super(`The commit of the projection was refused: ${listed(faults)}`, cause === undefined ? undefined : { cause });
  }
}

/** Thrown by a transaction of projections that are not kept beside the events: it cannot append or read any. */
export class EventsElsewhereError extends EventualityError {
  readonly code = 'EVENTS_ELSEWHERE';

  constructor() {
    super(
      'These projections are not kept beside the events: their transactions have none. Use the projections of the event store.',
    );
  }
}

/**
 * Thrown when something of a store is awaited inside of a transaction of the same store, such as an append by a handler
 * of an inline projection: it would wait for the end of the transaction, and so for itself. Nothing was written by the
 * call.
 */
export class InsideTransactionError extends EventualityError {
  readonly code = 'INSIDE_TRANSACTION';

  constructor() {
    super(
      'An append was awaited inside of a transaction of the same store, and would wait for itself. A handler of an inline projection only writes ' +
        'documents: let a reactor dispatch. Inside of transaction(...) use the methods of the transaction.',
    );
  }
}

/** Thrown when a transaction is used after it has ended; nothing was written by the call. */
export class TransactionEndedError extends EventualityError {
  readonly code = 'TRANSACTION_ENDED';

  constructor() {
    super(
      'The transaction has ended. Await all that belongs to it before the function given to transaction(...) returns.',
    );
  }
}

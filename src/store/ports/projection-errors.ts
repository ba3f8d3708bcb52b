import { EventualityError, listed, shownText } from '../../messages';

/**
 * Thrown when a read model cannot be prepared, because its schema is malformed or differs from the schema with which
 * this version was prepared.
 */
export class InvalidReadModelError extends EventualityError {
  readonly code = 'INVALID_READ_MODEL';

  constructor(readonly faults: readonly string[]) {
    super(`The read model was refused: ${listed(faults)}`);
  }
}

/**
 * Thrown when a version of a read model is used that was not prepared or was dropped, or is written to after readers
 * have left it.
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

/** Thrown when a query for documents is invalid; `faults` lists all mistakes. */
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
 * Thrown when a commit of a projection is malformed, or the database cannot store it; `faults` lists all mistakes.
 * Nothing was written.
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

/**
 * Thrown when a method of a process store is called with invalid arguments, or the database cannot store them; `faults`
 * lists all mistakes. Nothing was written.
 */
export class InvalidProcessError extends EventualityError {
  readonly code = 'INVALID_PROCESS';

  constructor(
    readonly faults: readonly string[],
    cause?: unknown,
  ) {
    super(`The call of the process store was refused: ${listed(faults)}`, cause === undefined ? undefined : { cause });
  }
}

/** Thrown when a transaction of projections that are not stored beside the events appends or reads events. */
export class EventsElsewhereError extends EventualityError {
  readonly code = 'EVENTS_ELSEWHERE';

  constructor() {
    super(
      'These projections are not stored beside the events, so their transactions cannot append or read events. Use the projections of the event store.',
    );
  }
}

/**
 * Thrown when a call to a store is awaited inside a transaction of the same store, such as an append by a handler of an
 * inline projection. It would wait for the end of the transaction, and so for itself. The call wrote nothing.
 */
export class InsideTransactionError extends EventualityError {
  readonly code = 'INSIDE_TRANSACTION';

  constructor() {
    super(
      'An append was awaited inside a transaction of the same store, and would wait for itself. A handler of an inline projection may only write ' +
        'documents: dispatch from a reactor instead. Inside transaction(...) use the methods of the transaction.',
    );
  }
}

/** Thrown when a transaction is used after it has ended. The call wrote nothing. */
export class TransactionEndedError extends EventualityError {
  readonly code = 'TRANSACTION_ENDED';

  constructor() {
    super(
      'The transaction has ended. Await everything that belongs to it before the function passed to transaction(...) returns.',
    );
  }
}

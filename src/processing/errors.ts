import {
  type CommandOutcome,
  EventualityError,
  errorMessage,
  formatError,
  knownNames,
  type RecordedEvent,
  shownText,
} from '../messages';
import type { ReadModelVersion } from '../store';

/** Thrown by reads of a live projection that has more documents than the limit for documents in memory. */
export class LiveReadModelTooLargeError extends EventualityError {
  readonly code = 'LIVE_READ_MODEL_TOO_LARGE';

  constructor(
    readonly projection: string,
    readonly documents: number,
    readonly limit: number,
  ) {
    super(
      `The live projection '${shownText(projection)}' has ${documents} documents; the limit is ${limit}. Use the mode 'async', which stores them.`,
    );
  }
}

/** Thrown by `context.inTransaction` of a live projection: it stores nothing, so there is no transaction. */
export class NothingStoredError extends EventualityError {
  readonly code = 'NOTHING_STORED';

  constructor(readonly projection: string) {
    super(
      `The live projection '${shownText(projection)}' stores nothing, so there is no transaction to run SQL in. Use the mode 'async'.`,
    );
  }
}

/**
 * Thrown by an append, and so by the command, when a handler of an inline projection throws; `cause` is what it threw.
 * Nothing was appended.
 */
export class InlineProjectionError extends EventualityError {
  readonly code = 'INLINE_PROJECTION';

  constructor(
    readonly projection: string,
    readonly eventName: string,
    cause: unknown,
  ) {
    super(
      `The inline projection '${shownText(projection)}' could not handle ${shownText(eventName)}: ${errorMessage(cause)}. Nothing was ` +
        "appended. Fix its handler, or use the mode 'async', in which only its own sequence waits.",
      { cause },
    );
  }
}

/**
 * Thrown by reads of a live projection whose handler throws a value that is not an `Error`; `cause` is that value.
 * Errors are passed on unchanged.
 */
export class LiveProjectionError extends EventualityError {
  readonly code = 'LIVE_PROJECTION';

  constructor(
    readonly projection: string,
    readonly eventName: string,
    cause: unknown,
  ) {
    super(
      `The live projection '${projection}' could not handle ${eventName}: its handler threw ${formatError(cause)}. Fix the handler, and throw errors only.`,
      {
        cause,
      },
    );
  }
}

/**
 * The failure of an event whose handler wrote something after it had ended, usually because an `update` was not
 * awaited. The late write was not stored.
 */
export class LateWriteError extends EventualityError {
  readonly code = 'LATE_WRITE';

  constructor(
    readonly projection: string,
    event: RecordedEvent,
    /** The late call, such as `documents.update('1')`. */
    readonly call: string,
  ) {
    super(
      `The handler of ${event.name} in '${projection}' had already ended when it called ${call}, at position ${event.position}: nothing was written. ` +
        'Await each documents.update(...) in the handler, and anything else that it writes after.',
    );
  }
}

const listed = (indexes: readonly string[]): string =>
  indexes.length === 0 ? 'none' : indexes.map(index => `'${shownText(index)}'`).join(', ');

/**
 * Thrown by a query that needs an index which the active version, made by other code, does not have. It ends when the
 * version of this code becomes active, or lasts as long as processes with newer code run.
 */
export class OtherIndexesError extends EventualityError {
  readonly code = 'OTHER_INDEXES';
  /** The version that readers see. */
  readonly version: number;
  /** The `version` of the projection in the code that made it. */
  readonly revision: number;
  /** The fields by which that version can be queried. */
  readonly indexes: readonly string[];

  constructor(
    readonly projection: string,
    { version, revision, indexes }: Pick<ReadModelVersion, 'version' | 'revision' | 'indexes'>,
    own: readonly string[],
  ) {
    super(
      `Readers see version ${version} of '${shownText(projection)}', which other code made: its 'version' is ${revision}, and its indexes are ` +
        `${listed(indexes)}. This code's indexes are ${listed(own)}, and the query needs one that is missing there. Deploy a new index before the code that ` +
        'queries by it, and remove an index only after the last code that queries by it.',
    );
    this.version = version;
    this.revision = revision;
    this.indexes = indexes;
  }
}

/** Thrown when the flow has no projection or reactor with the given name. */
export class UnknownProjectionError extends EventualityError {
  readonly code = 'UNKNOWN_PROJECTION';

  constructor(
    readonly projection: string,
    known: Iterable<string>,
  ) {
    super(`There is no projection or reactor '${shownText(projection)}'. ${knownNames(projection, known)}`);
  }
}

/** Thrown when a projection or reactor is asked for what its kind does not have. */
export class ProcessorKindError extends EventualityError {
  readonly code = 'PROCESSOR_KIND';

  constructor(
    readonly projection: string,
    kind: string,
    known: Iterable<string>,
  ) {
    super(`'${shownText(projection)}' is ${kind}. ${knownNames(projection, known)}`);
  }
}

/** Thrown when projections have not reached a position within the given time. They continue to follow. */
export class WaitTimeoutError extends EventualityError {
  readonly code = 'WAIT_TIMEOUT';

  constructor(
    /** The position that was waited for. */
    readonly position: bigint,
    /** The projections that have not reached it. */
    readonly behind: readonly { readonly name: string; readonly position: bigint }[],
    /** Milliseconds. */
    readonly timeout: number,
    /** The outcome of the command that waited: its events are stored. */
    readonly outcome?: CommandOutcome,
  ) {
    const places = behind.map(({ name, position: at }) => `'${shownText(name)}' is at ${at}`).join(', ');
    super(
      `After ${timeout} ms not everything up to position ${position} was handled: ${places}. ` +
        `${outcome ? "The command's events are stored: do not dispatch it again. " : ''}Check the status of what is behind, or wait longer.`,
    );
  }
}

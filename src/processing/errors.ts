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

/** Thrown by reads of a live projection that has more documents than one should keep in memory. */
export class LiveReadModelTooLargeError extends EventualityError {
  readonly code = 'LIVE_READ_MODEL_TOO_LARGE';

  constructor(
    readonly projection: string,
    readonly documents: number,
    readonly limit: number,
  ) {
    super(
      `The live projection '${shownText(projection)}' has ${documents} documents; the limit is ${limit}. Take the mode 'async', which stores them.`,
    );
  }
}

/** Thrown by `context.inTransaction` of a live projection: it stores nothing, so there is no transaction. */
export class NothingStoredError extends EventualityError {
  readonly code = 'NOTHING_STORED';

  constructor(readonly projection: string) {
    super(
      `The live projection '${shownText(projection)}' stores nothing: there is no transaction to run SQL in. Take the mode 'async'.`,
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
      `The inline projection '${shownText(projection)}' could not take ${shownText(eventName)}: ${errorMessage(cause)}. Nothing was ` +
        "appended. Mend its handler, or take the mode 'async', in which only its own sequence waits.",
      { cause },
    );
  }
}

/**
 * Thrown by reads of a live projection whose handler throws what is no error; `cause` is what it threw. Errors come
 * through as they are.
 */
export class LiveProjectionError extends EventualityError {
  readonly code = 'LIVE_PROJECTION';

  constructor(
    readonly projection: string,
    readonly eventName: string,
    cause: unknown,
  ) {
    super(
      `The live projection '${projection}' could not take ${eventName}: its handler threw ${formatError(cause)}. Mend it, and let it throw errors.`,
      {
        cause,
      },
    );
  }
}

/**
 * The failure of an event whose handler had ended before it wrote something, mostly because an `update` was not
 * awaited. What came late was not written.
 */
export class LateWriteError extends EventualityError {
  readonly code = 'LATE_WRITE';

  constructor(
    readonly projection: string,
    event: RecordedEvent,
    /** What came late, such as `documents.update('1')`. */
    readonly call: string,
  ) {
    super(
      `The handler of ${event.name} in '${projection}' had ended when it came to ${call}, at position ${event.position}: it was not written. ` +
        'Let the handler await each documents.update(...), and whatever else it writes after.',
    );
  }
}

const listed = (indexes: readonly string[]): string =>
  indexes.length === 0 ? 'none' : indexes.map(index => `'${shownText(index)}'`).join(', ');

/**
 * Thrown by a query that this code's indexes allow, and those of the version that readers see do not: other code has
 * made that one. It passes when this code's version takes its place, or lasts while processes with newer code run.
 */
export class OtherIndexesError extends EventualityError {
  readonly code = 'OTHER_INDEXES';
  /** The version that readers see. */
  readonly version: number;
  /** Of the code that made it: the `version` of its projection. */
  readonly revision: number;
  /** By what that version can be searched. */
  readonly indexes: readonly string[];

  constructor(
    readonly projection: string,
    { version, revision, indexes }: Pick<ReadModelVersion, 'version' | 'revision' | 'indexes'>,
    own: readonly string[],
  ) {
    super(
      `Readers see version ${version} of '${shownText(projection)}', which other code has made: its 'version' is ${revision}, and its indexes are ` +
        `${listed(indexes)}. This code's are ${listed(own)}, and the query needs one that is missing there. Deploy a new index before the code that ` +
        'queries by it, and remove one only after the last code that does.',
    );
    this.version = version;
    this.revision = revision;
    this.indexes = indexes;
  }
}

/** Thrown when a projection or reactor is asked for that there is none of. */
export class UnknownProjectionError extends EventualityError {
  readonly code = 'UNKNOWN_PROJECTION';

  constructor(
    readonly projection: string,
    known: Iterable<string>,
  ) {
    super(`There is no projection or reactor '${shownText(projection)}'. ${knownNames(projection, known)}`);
  }
}

/** Thrown when projections were not as far as somebody waited for within the time given. They go on all the same. */
export class WaitTimeoutError extends EventualityError {
  readonly code = 'WAIT_TIMEOUT';

  constructor(
    /** The position that was waited for. */
    readonly position: bigint,
    /** Those that were not as far. */
    readonly behind: readonly { readonly name: string; readonly position: bigint }[],
    /** Milliseconds. */
    readonly timeout: number,
    /** What became of the command that waited: its events are stored. */
    readonly outcome?: CommandOutcome,
  ) {
    const places = behind.map(({ name, position: at }) => `'${shownText(name)}' is at ${at}`).join(', ');
    super(
      `After ${timeout} ms not everything up to position ${position} was handled: ${places}. ` +
        `${outcome ? "The command's events are stored: do not dispatch it again. " : ''}Look at the status of what is behind, or wait longer.`,
    );
  }
}

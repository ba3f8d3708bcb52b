import { EventualityError, shownText } from '../messages';

/**
 * Thrown to those who wait for a rebuild that was cancelled, here or by another process: readers keep the version they
 * had.
 */
export class RebuildCancelledError extends EventualityError {
  readonly code = 'REBUILD_CANCELLED';

  constructor(
    readonly projection: string,
    readonly version: number,
  ) {
    super(
      `The rebuild of '${shownText(projection)}' as version ${version} was cancelled. Call rebuild() to begin another one.`,
    );
  }
}

/** Thrown by `status({ timeout })` when the event store has not answered in time, and reported by `health`. */
export class StatusTimeoutError extends EventualityError {
  readonly code = 'STATUS_TIMEOUT';

  constructor(
    /** Milliseconds. */
    readonly timeout: number,
  ) {
    super(
      `The event store has not answered within ${timeout} ms. See whether its database can be reached, or allow more time.`,
    );
  }
}

/** Thrown by `rebuild` where there is nothing to build: a reactor has effects, and a live projection stores nothing. */
export class NothingToRebuildError extends EventualityError {
  readonly code = 'NOTHING_TO_REBUILD';

  constructor(
    readonly projection: string,
    reason: string,
  ) {
    super(`'${shownText(projection)}' cannot be rebuilt: it is ${reason}.`);
  }
}

/**
 * Reported where all versions of a projection or reactor are gone while a process runs it: its tables were dropped or
 * emptied.
 */
export class VersionsLostError extends EventualityError {
  readonly code = 'VERSIONS_LOST';

  constructor(readonly projection: string) {
    super(
      `What was stored of '${shownText(projection)}' is gone: its tables were dropped or emptied while this process ran. It begins again, as at ` +
        'its first start; nothing needs to be done.',
    );
  }
}

/**
 * Thrown by `ready` and `bootstrap` for a reactor whose segments were assigned by a rule of another key: this code
 * cannot tell which events they have handled, so it does not follow rather than repeat effects or leave them out.
 */
export class SequenceByChangedError extends EventualityError {
  readonly code = 'SEQUENCE_BY_CHANGED';

  constructor(
    readonly reactor: string,
    /** The key by which the stored segments were assigned. */
    readonly stored: string,
  ) {
    const [name, key] = [shownText(reactor), shownText(stored)];
    super(
      `The segments of the reactor '${name}' were assigned by sequenceBy with the key '${key}', which this code does not have: it cannot tell which events ` +
        `each has handled. Go back to the rule of the key '${key}' with segments: 1 first; when the reactor has caught up with that, change sequenceBy, ` +
        'and then the number of segments. Or give the reactor another name: then it begins with what happens from now on.',
    );
  }
}

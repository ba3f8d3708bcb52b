import { EventualityError, shownText } from '../messages';

/**
 * Thrown by `rebuild.done` when the rebuild was cancelled, in this process or another one. Readers keep the version
 * they had.
 */
export class RebuildCancelledError extends EventualityError {
  readonly code = 'REBUILD_CANCELLED';

  constructor(
    readonly projection: string,
    readonly version: number,
  ) {
    super(
      `The rebuild of '${shownText(projection)}' as version ${version} was cancelled. Call rebuild() to start another one.`,
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
      `The event store has not answered within ${timeout} ms. Check whether its database can be reached, or allow more time.`,
    );
  }
}

/** Thrown by `rebuild` of a reactor, whose effects cannot be undone, and of a live projection, which stores nothing. */
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
 * Reported when all versions of a projection or reactor disappear while a process runs it, because its tables were
 * dropped or emptied. It starts again, as at its first start.
 */
export class VersionsLostError extends EventualityError {
  readonly code = 'VERSIONS_LOST';

  constructor(readonly projection: string) {
    super(
      `The stored data of '${shownText(projection)}' is gone: its tables were dropped or emptied while this process ran. It starts again, as at ` +
        'its first start; you need to do nothing.',
    );
  }
}

/**
 * Thrown by `ready` and `bootstrap` for a reactor whose segments were assigned by a rule with another key. This code
 * cannot tell which events each segment has handled, so it refuses to follow instead of repeating or missing effects.
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
        `each has handled. First deploy the rule of the key '${key}' with segments: 1; when the reactor has caught up with that, change sequenceBy, ` +
        'and then the number of segments. Or give the reactor another name: then it starts with the events from now on.',
    );
  }
}

import { EventualityError, shownText } from '../messages';

/** Thrown to those who wait for a rebuild that was cancelled, here or by another process: readers keep the version they had. */
export class RebuildCancelledError extends EventualityError {
  readonly code = 'REBUILD_CANCELLED';

  constructor(
    readonly projection: string,
    readonly version: number,
  ) {
    super(`The rebuild of '${shownText(projection)}' as version ${version} was cancelled. Call rebuild() to begin another one.`);
  }
}

/** Thrown by `rebuild` where there is nothing to build: a durable listener has effects, and a live projection stores nothing. */
export class NothingToRebuildError extends EventualityError {
  readonly code = 'NOTHING_TO_REBUILD';

  constructor(
    readonly projection: string,
    reason: string,
  ) {
    super(`'${shownText(projection)}' cannot be rebuilt: it is ${reason}.`);
  }
}

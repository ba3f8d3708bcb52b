import { EventualityError } from '../messages';
import type { HandledPage } from './page-handler';

/** What a store says of what it was given, not of itself. */
const OF_WHAT_WAS_WRITTEN = new Set(['INVALID_COMMIT', 'UNSTORABLE_VALUE', 'PAYLOAD_TOO_LARGE']);

/**
 * Tells whether a commit failed for what a handler wrote or had run in it: then the same commit would fail for ever. Everything else is the
 * store's: it is tried again.
 */
export const isOfHandler = (error: unknown, { work }: HandledPage): boolean =>
  EventualityError.is(error) ? OF_WHAT_WAS_WRITTEN.has(error.code) : work.length > 0;

import { EventualityError } from '../../messages';
import type { HandledPage } from './page-handler';

/** Errors of a store about its input, not about itself. */
const OF_WHAT_WAS_GIVEN = new Set(['INVALID_COMMIT', 'UNSTORABLE_VALUE', 'PAYLOAD_TOO_LARGE', 'SQLITE_ASYNC_WORK']);

/**
 * Tells whether a commit failed because of what a handler wrote or ran in it: then the same commit would always fail.
 * Every other failure is the store's and is retried. Errors of user work are recognized by their origin, because they
 * may look like errors of a store.
 */
export function isOfHandler(error: unknown, { work, documents }: HandledPage): boolean {
  if (work.eventOf(error) || documents.lateWrite?.error === error) return true;
  // A database may refuse what the work did only at the end of the transaction.
  return EventualityError.is(error) ? isContentError(error) : work.any;
}

/** Tells whether a store rejected its input: it would do so again. */
export const isContentError = (error: unknown): boolean =>
  EventualityError.is(error) && OF_WHAT_WAS_GIVEN.has(error.code);

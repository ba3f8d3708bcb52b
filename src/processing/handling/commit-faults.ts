import { EventualityError } from '../../messages';
import type { HandledPage } from './page-handler';

/** What a store says of what it was given, not of itself. */
const OF_WHAT_WAS_GIVEN = new Set(['INVALID_COMMIT', 'UNSTORABLE_VALUE', 'PAYLOAD_TOO_LARGE', 'SQLITE_ASYNC_WORK']);

/**
 * Tells whether a commit failed for what a handler wrote or had run in it: then the same commit would fail for ever.
 * Everything else is the store's: it is tried again. What the work has thrown is known by where it came from; it may
 * look like an error of a store.
 */
export function isOfHandler(error: unknown, { work, documents }: HandledPage): boolean {
  if (work.eventOf(error) || documents.lateWrite?.error === error) return true;
  // A database that refuses what the work did may say so at the end of the transaction only.
  return EventualityError.is(error) ? OF_WHAT_WAS_GIVEN.has(error.code) : work.any;
}

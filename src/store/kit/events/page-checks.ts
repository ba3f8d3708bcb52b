import { InvalidPageError } from '../../ports/errors';
import { PAGE_LIMIT } from '../../ports/event-store';
import type { StreamName } from '../../ports/stream-name';
import type { EventFilter, LogPage, StorePage, StreamPage, StreamsPage } from './event-pages';
import { refuseLogPage, refuseStorePage, refuseStreamPage, refuseStreamsPage } from './option-checks';

/** A page of the whole store, checked, with its defaults. */
export interface CheckedStorePage extends EventFilter {
  readonly after: bigint;
  readonly upTo?: bigint;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
}

/** Tells whether a page has all events from its start on, in their order. */
export const isWholeLog = ({ upTo, names, aggregates, direction }: CheckedStorePage): boolean =>
  direction === 'forward' && upTo === undefined && !names && !aggregates;

/** Checks the limits of a page of one stream and fills in defaults. @throws InvalidPageError, InvalidOptionsError */
export function streamPage(page: StreamPage = {}): { from: number; limit: number } {
  if (!isPage(page, 'from')) refuseStreamPage(page);
  const { from = 1, limit = PAGE_LIMIT, signal } = page;
  signal?.throwIfAborted();
  if (!Number.isSafeInteger(from) || from < 1) throw new InvalidPageError('from', from);
  return { from, limit: checkedLimit(limit) };
}

/**
 * Checks a page of the whole store and fills in defaults. A store that leaves out `names`, `aggregates`, `upTo` or
 * `direction` is helped by `selectPage`. @throws InvalidPageError, InvalidOptionsError
 */
export function storePage(page: StorePage = {}): CheckedStorePage {
  if (isPage(page, 'after')) return { ...checkedLogPage(page), direction: 'forward' };
  refuseStorePage(page);
  const { upTo, names, aggregates, direction = 'forward' } = page;
  const checked = checkedLogPage(page);
  if (upTo !== undefined) refusePosition('upTo', upTo);
  return {
    ...checked,
    direction,
    ...(upTo !== undefined && { upTo }),
    ...(names && { names }),
    ...(aggregates && { aggregates }),
  };
}

/** Checks a page that has no filter and fills in defaults. @throws InvalidPageError, InvalidOptionsError */
export function logPage(page: LogPage = {}): { after: bigint; limit: number } {
  if (!isPage(page, 'after')) refuseLogPage(page);
  return checkedLogPage(page);
}

/** Checks a page of the list of streams and fills in defaults. @throws InvalidPageError, InvalidOptionsError */
export function streamsPage(page: StreamsPage = {}): { after: StreamName | undefined; limit: number } {
  refuseStreamsPage(page);
  const { after, limit = PAGE_LIMIT, signal } = page;
  signal?.throwIfAborted();
  return { after, limit: checkedLimit(limit) };
}

function checkedLogPage({ after = 0n, limit = PAGE_LIMIT, signal }: LogPage): { after: bigint; limit: number } {
  signal?.throwIfAborted();
  refusePosition('after', after);
  return { after, limit: checkedLimit(limit) };
}

/** Tells whether a page has no other fields than it may have, without making anything: each load asks for one. */
function isPage(page: StreamPage | LogPage, start: 'from' | 'after'): boolean {
  if (typeof page !== 'object' || page === null) return false;
  for (const field in page) if (field !== start && field !== 'limit' && field !== 'signal') return false;
  return page.signal === undefined || page.signal instanceof AbortSignal;
}

function refusePosition(field: 'after' | 'upTo', position: bigint): void {
  if (typeof position !== 'bigint' || position < 0n) throw new InvalidPageError(field, position);
}

function checkedLimit(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_LIMIT) throw new InvalidPageError('limit', limit);
  return limit;
}

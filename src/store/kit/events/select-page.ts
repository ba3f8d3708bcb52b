import type { RecordedEvent } from '../../../messages';
import { PAGE_LIMIT } from '../../ports/event-store';
import { matcherOf } from './event-filter';
import type { StorePage } from './event-pages';
import { type CheckedStorePage, storePage } from './page-checks';

type Page = readonly RecordedEvent[];
type ReadAll = (page: StorePage) => Promise<Page>;
type Matches = (event: RecordedEvent) => boolean;

/**
 * Reads a page with a `readAll` that may ignore `names`, `aggregates`, `upTo` and `direction`: passes all of them on,
 * and filters the result. This costs a store that knows the options at most one extra call. If a store ignores
 * `direction`, the end is searched for in large steps.
 * @throws InvalidPageError, InvalidOptionsError, and what `readAll` throws
 */
export async function selectPage(readAll: ReadAll, page: StorePage = {}): Promise<Page> {
  const checked = storePage(page);
  const matches = matcherOf(checked) ?? (() => true);
  if (checked.direction === 'forward') return selectForward(readAll, page, checked, matches);
  return (await selectBackward(readAll, page, checked, matches)) ?? lastOf(readAll, page, checked, matches);
}

async function selectForward(
  readAll: ReadAll,
  page: StorePage,
  { after, upTo, limit }: CheckedStorePage,
  matches: Matches,
): Promise<Page> {
  const found: RecordedEvent[] = [];
  for (let from = after; ; ) {
    const events = await readAll({ ...page, after: from });
    for (const event of events) {
      if (upTo !== undefined && event.position > upTo) return found;
      if (matches(event) && found.push(event) === limit) return found;
    }
    if (events.length === 0) return found;
    from = events.at(-1)!.position;
  }
}

/** Undefined where the events do not come backward, or not from the bound. */
async function selectBackward(
  readAll: ReadAll,
  page: StorePage,
  { upTo, limit }: CheckedStorePage,
  matches: Matches,
): Promise<Page | undefined> {
  const found: RecordedEvent[] = [];
  for (let bound = upTo; ; ) {
    // Of two it can be told in which order they come.
    const events = await readAll({ ...page, ...(bound !== undefined && { upTo: bound }), limit: Math.max(limit, 2) });
    if (events.length === 0) return found;
    if (events.length > 1 && events[0]!.position < events[1]!.position) return undefined;
    if (bound !== undefined && events[0]!.position > bound) return undefined;
    for (const event of events) if (matches(event) && found.push(event) === limit) return found;
    bound = events.at(-1)!.position - 1n;
    if (bound < 0n) return found;
  }
}

/** Reads forward ranges of the log, from its end on, until there are enough events that match. */
async function lastOf(
  readAll: ReadAll,
  page: StorePage,
  { after, upTo, limit }: CheckedStorePage,
  matches: Matches,
): Promise<Page> {
  const read: ReadAll = ({ after: from = 0n, limit: most = PAGE_LIMIT }) =>
    readAll({ after: from, limit: most, ...(page.signal && { signal: page.signal }) });
  const last = await lastPosition(read, after);
  const found: RecordedEvent[] = [];
  let width = BigInt(PAGE_LIMIT);
  for (let top = upTo !== undefined && upTo < last ? upTo : last; top > after; ) {
    const bottom = top - width > after ? top - width : after;
    const events = await eventsBetween(read, bottom, top);
    found.push(...events.filter(matches).reverse());
    if (found.length >= limit) return found.slice(0, limit);
    // Positions may have large gaps.
    if (events.length < PAGE_LIMIT / 10) width *= 2n;
    top = bottom;
  }
  return found;
}

/** Finds the end in growing steps, then in shrinking ones. */
async function lastPosition(read: ReadAll, after: bigint): Promise<bigint> {
  let last = after;
  for (let step = BigInt(PAGE_LIMIT); ; ) {
    const [beyond] = await read({ after: last + step, limit: 1 });
    if (beyond) {
      last = beyond.position;
      step *= 4n;
    } else if (step > BigInt(PAGE_LIMIT)) step /= 4n;
    else break;
  }
  for (let page = await read({ after: last }); page.length > 0; page = await read({ after: last }))
    last = page.at(-1)!.position;
  return last;
}

async function eventsBetween(read: ReadAll, after: bigint, upTo: bigint): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let from = after; from < upTo; ) {
    const page = await read({ after: from });
    events.push(...page.filter(({ position }) => position <= upTo));
    if (page.length === 0) break;
    from = page.at(-1)!.position;
  }
  return events;
}

import type { RecordedEvent } from '../../../messages';
import { matcherOf } from './event-filter';
import type { StorePage } from './event-pages';
import { type CheckedStorePage, storePage } from './page-checks';

type Page = readonly RecordedEvent[];
type ReadAll = (page: StorePage) => Promise<Page>;
type Matches = (event: RecordedEvent) => boolean;

/**
 * Reads a page by a `readAll` that may know nothing of `names`, `aggregates`, `upTo` and `direction`, or of some of
 * them: it is asked for all of them, and what it answers is looked through. A store that knows them is asked once more
 * than needed at most; one that does not know `direction` is read as a whole to find its last events.
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

/** Reads all events of the range, and keeps the last ones that match. */
async function lastOf(
  readAll: ReadAll,
  { signal }: StorePage,
  { after, upTo, limit }: CheckedStorePage,
  matches: Matches,
): Promise<Page> {
  let last: RecordedEvent[] = [];
  for (let from = after; ; ) {
    const events = await readAll({ after: from, ...(signal && { signal }) });
    const meant = events.filter(event => (upTo === undefined || event.position <= upTo) && matches(event));
    last = [...last, ...meant].slice(-limit);
    if (events.length === 0 || (upTo !== undefined && events.at(-1)!.position >= upTo)) return last.reverse();
    from = events.at(-1)!.position;
  }
}

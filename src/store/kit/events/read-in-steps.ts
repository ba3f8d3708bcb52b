import { isStorableText, type RecordedEvent } from '../../../messages';
import type { EventFilter } from './event-pages';
import type { CheckedStorePage } from './page-checks';

type Page = readonly RecordedEvent[];

/** How many positions a database looks through in one statement: some milliseconds. */
const STEP_POSITIONS = 50_000n;

/**
 * Reads a page with a filter from a database that looks at each event of a range of positions: one limited range after
 * the other, so that no statement takes long, and the signal is heeded in between. `read` takes a page without a
 * filter, too: with it ranges without events are skipped.
 */
export async function readInSteps(
  page: CheckedStorePage,
  read: (page: CheckedStorePage) => Promise<Page>,
): Promise<Page> {
  const filter = storable(page);
  if (!filter) return [];
  const { limit, direction, names, aggregates, ...bounds } = page;
  if (!names && !aggregates) return read(page);
  const found: RecordedEvent[] = [];
  for (let rest = bounds; ; ) {
    const [next] = await read({ ...rest, direction, limit: 1 });
    if (!next) return found;
    const step = stepFrom(next.position, rest, direction);
    found.push(...(await read({ ...step, ...filter, direction, limit: limit - found.length })));
    if (found.length === limit) return found;
    rest = direction === 'forward' ? { ...rest, after: step.upTo } : { ...rest, upTo: step.after };
  }
}

interface Bounds {
  readonly after: bigint;
  readonly upTo?: bigint;
}

function stepFrom(
  position: bigint,
  { after, upTo }: Bounds,
  direction: CheckedStorePage['direction'],
): Required<Bounds> {
  if (direction === 'backward') {
    const lowest = position - STEP_POSITIONS;
    return { after: lowest > after ? lowest : after, upTo: position };
  }
  const highest = position - 1n + STEP_POSITIONS;
  return { after: position - 1n, upTo: upTo !== undefined && upTo < highest ? upTo : highest };
}

/** Leaves out the names that no store can keep; undefined where none is left, so that no event passes. */
function storable({ names, aggregates }: EventFilter): EventFilter | undefined {
  const [ofNames, ofAggregates] = [names?.filter(isStorableText), aggregates?.filter(isStorableText)];
  if (ofNames?.length === 0 || ofAggregates?.length === 0) return undefined;
  return { ...(ofNames && { names: ofNames }), ...(ofAggregates && { aggregates: ofAggregates }) };
}

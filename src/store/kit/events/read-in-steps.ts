import { isStorableText, type RecordedEvent } from '../../../messages';
import type { EventFilter } from './event-pages';
import type { CheckedStorePage } from './page-checks';

type Page = readonly RecordedEvent[];

/** How a database reads a page of events, with or without a filter, and how much of the log in one statement. */
export interface StepReader {
  /** How many positions one statement examines, so that it takes some milliseconds. */
  readonly step: bigint;
  read(page: CheckedStorePage): Promise<Page>;
}

/**
 * Reads a page with a filter from a database that examines each event of a range of positions: one limited range after
 * another, so that no statement takes long, and checks the signal in between. Ranges without events are skipped.
 */
export async function readInSteps(page: CheckedStorePage, { step, read }: StepReader): Promise<Page> {
  const filter = storable(page);
  if (!filter) return [];
  const { limit, direction, names, aggregates, ...bounds } = page;
  if (!names && !aggregates) return read(page);
  const found: RecordedEvent[] = [];
  // To read backward from the end, the end must be known.
  let range: Bounds | undefined = direction === 'forward' ? bounds : await next(bounds);
  while (range) {
    const { after, upTo } = stepOf(range);
    found.push(...(await read({ ...filter, after, upTo, direction, limit: limit - found.length })));
    if (found.length === limit) break;
    range = await next(direction === 'forward' ? { ...bounds, after: upTo } : { ...bounds, upTo: after });
  }
  return found;

  /** Returns the rest of a range, from its first event in this direction; undefined if it has none. */
  async function next(rest: Bounds): Promise<Bounds | undefined> {
    const [event] = await read({ ...rest, direction, limit: 1 });
    if (!event) return undefined;
    return direction === 'forward' ? { ...rest, after: event.position - 1n } : { ...rest, upTo: event.position };
  }

  function stepOf({ after, upTo = LAST_POSITION }: Bounds): Required<Bounds> {
    if (upTo - after <= step) return { after, upTo };
    return direction === 'forward' ? { after, upTo: after + step } : { after: upTo - step, upTo };
  }
}

/** The highest position that databases can store. */
const LAST_POSITION = 2n ** 63n - 1n;

interface Bounds {
  readonly after: bigint;
  readonly upTo?: bigint;
}

/** Leaves out the names that no store can keep; undefined where none is left, so that no event passes. */
function storable({ names, aggregates }: EventFilter): EventFilter | undefined {
  const [ofNames, ofAggregates] = [names?.filter(isStorableText), aggregates?.filter(isStorableText)];
  if (ofNames?.length === 0 || ofAggregates?.length === 0) return undefined;
  return { ...(ofNames && { names: ofNames }), ...(ofAggregates && { aggregates: ofAggregates }) };
}

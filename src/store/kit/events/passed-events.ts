import type { RecordedEvent } from '../../../messages';
import { PAGE_LIMIT } from '../../ports/event-store';
import { matcherOf } from './event-filter';
import type { EventFilter, StorePage } from './event-pages';

/** The events for a reader, and how far it has come with them, including those that the filter left out. */
export interface PassedEvents {
  readonly events: readonly RecordedEvent[];
  /** All events up to here are among the events, or left out by the filter. */
  readonly to: bigint;
}

type ReadAll = (page: StorePage) => Promise<readonly RecordedEvent[]>;

/** A range of the log whose end is known from the store, and the filter for its events. */
export interface PassedRange {
  readonly after: bigint;
  readonly upTo: bigint;
  readonly filter: EventFilter;
  readonly signal?: AbortSignal;
}

/** Returns the position of the last event after another one; undefined if there is none. */
export async function lastAfter(readAll: ReadAll, after: bigint, signal?: AbortSignal): Promise<bigint | undefined> {
  const [last] = await readAll({ after, direction: 'backward', limit: 1, ...(signal && { signal }) });
  return last?.position;
}

/**
 * Reads the next page of the events in a range that match a filter. A store that ignores the filter, the bound or the
 * direction is read page by page; `ignored` tells that it also returned other events.
 */
export async function passEvents(
  readAll: ReadAll,
  { after, upTo, filter, signal }: PassedRange,
): Promise<PassedEvents & { readonly ignored: boolean }> {
  const page = await readAll({ ...filter, after, upTo, ...(signal && { signal }) });
  const matches = matcherOf(filter);
  const events = matches ? page.filter(matches) : page;
  // An empty page means that none are left up to the known end.
  return { events, to: page.at(-1)?.position ?? upTo, ignored: events.length < page.length };
}

/** The source of the events of a subscription with a filter. */
export interface FilteredSource {
  /** Reads the next page of all events. */
  readAll(page: { readonly after: bigint }): Promise<readonly RecordedEvent[]>;
  /** Reads events far behind the end with the store's filter. Without it, all events are read and filtered here. */
  select?: ReadAll | undefined;
}

/**
 * Reads the pages of a subscription with a filter: far behind the end with the filter of the store; near the end all
 * events, so that the store is not asked repeatedly for matching events that have not come.
 */
export class FilteredPages {
  #isBehind = true;
  readonly #filter: EventFilter;
  readonly #matches: (event: RecordedEvent) => boolean;

  constructor(
    private readonly source: FilteredSource,
    { names, aggregates }: EventFilter,
  ) {
    this.#filter = { ...(names && { names }), ...(aggregates && { aggregates }) };
    this.#matches = matcherOf(this.#filter) ?? (() => true);
  }

  async read(after: bigint): Promise<PassedEvents> {
    const { source } = this;
    if (this.#isBehind && source.select) {
      const upTo = await lastAfter(source.select, after);
      if (upTo !== undefined) {
        const passed = await passEvents(source.select, { after, upTo, filter: this.#filter });
        this.#isBehind = passed.events.length > 0;
        return passed;
      }
    }
    const page = await source.readAll({ after });
    this.#isBehind = page.length >= PAGE_LIMIT;
    return { events: page.filter(this.#matches), to: page.at(-1)?.position ?? after };
  }
}

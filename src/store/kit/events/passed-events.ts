import type { RecordedEvent } from '../../../messages';
import { PAGE_LIMIT } from '../../ports/event-store';
import { matcherOf } from './event-filter';
import type { EventFilter, StorePage } from './event-pages';

/** The events that a reader gets, and how far it has come with them: what is left out counts, too. */
export interface PassedEvents {
  readonly events: readonly RecordedEvent[];
  /** All events up to here are among the events, or left out by the filter. */
  readonly to: bigint;
}

type ReadAll = (page: StorePage) => Promise<readonly RecordedEvent[]>;

/**
 * Reads the next page of the events that pass a filter, up to the last event that there is now. A store that ignores
 * the filter, the bound or the direction is read page by page; `ignored` tells that it returned other events, too.
 */
export async function passEvents(
  readAll: ReadAll,
  after: bigint,
  filter: EventFilter,
  signal?: AbortSignal,
): Promise<PassedEvents & { readonly ignored: boolean }> {
  const asked = { after, ...(signal && { signal }) };
  const [head] = await readAll({ ...asked, direction: 'backward', limit: 1 });
  if (!head) return { events: [], to: after, ignored: false };
  const page = await readAll({ ...asked, ...filter, upTo: head.position });
  const matches = matcherOf(filter);
  const events = matches ? page.filter(matches) : page;
  // An empty page says that none are left up to the head, which the store has shown.
  return { events, to: page.at(-1)?.position ?? head.position, ignored: events.length < page.length };
}

/** What the events of a subscription with a filter are read from. */
export interface FilteredSource {
  /** Reads the next page of all events. */
  readAll(page: { readonly after: bigint }): Promise<readonly RecordedEvent[]>;
  /** Reads by the store's filter what is far behind the end. Without it all events are read, and filtered here. */
  select?: ReadAll | undefined;
}

/**
 * Reads the pages of a subscription with a filter: far behind the end by the filter of the store, near the end all
 * events, lest the store looks again and again for what has not come.
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
      const passed = await passEvents(source.select, after, this.#filter);
      this.#isBehind = passed.events.length > 0;
      if (passed.to > after) return passed;
    }
    const page = await source.readAll({ after });
    this.#isBehind = page.length >= PAGE_LIMIT;
    return { events: page.filter(this.#matches), to: page.at(-1)?.position ?? after };
  }
}

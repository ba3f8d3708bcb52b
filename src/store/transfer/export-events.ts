import { aSignal, checkedElsewhere, type OptionChecks, refuseArguments, refuseOptions } from '../../messages';
import { anEventStore } from '../kit/events/option-checks';
import type { EventStore } from '../ports/event-store';
import { eventLine } from './event-line';

/** Options of an export. */
export interface ExportOptions {
  /**
   * Exports only events with a higher position, such as the last one exported earlier; default 0: from the beginning.
   */
  readonly after?: bigint;
  /** Ends the export with the signal's reason. */
  readonly signal?: AbortSignal;
}

const EXPORT_OPTIONS: OptionChecks<ExportOptions> = { after: checkedElsewhere, signal: aSignal };

/** Pages are small, because an event can be large and a page is held as a whole. */
const PAGE_EVENTS = 100;

/**
 * Yields all events of a store as lines of JSON, by position, each with a line break, until it has caught up. The lines
 * contain ids, positions (as decimal text), versions, metadata and times, as `importEvents` reads them. It holds 100
 * events at a time, and reads on only when the consumer asks.
 *
 * @example await pipeline(exportEvents(store), createWriteStream('events.jsonl'));
 * @throws InvalidOptionsError, InvalidPageError, StoreClosedError, the signal's reason
 */
export async function* exportEvents(
  store: EventStore,
  options: ExportOptions = {},
): AsyncGenerator<string, void, undefined> {
  refuseArguments('exportEvents', { store: [store, anEventStore] });
  refuseOptions('exportEvents', options, EXPORT_OPTIONS);
  const { signal } = options;
  let after = options.after ?? 0n;
  for (;;) {
    const page = await store.readAll({ after, limit: PAGE_EVENTS, ...(signal && { signal }) });
    for (const event of page) {
      signal?.throwIfAborted();
      yield eventLine(event);
      after = event.position;
    }
    if (page.length === 0) return;
  }
}

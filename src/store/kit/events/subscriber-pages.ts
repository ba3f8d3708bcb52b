import type { RecordedEvent } from '../../../messages';
import { HistoryReplacedError } from '../../ports/errors';
import { PAGE_LIMIT } from '../../ports/event-store';

type Page = readonly RecordedEvent[];

/** Where pages are read from. */
interface PageSource {
  /** Returns the events after a position, up to the horizon. */
  page(after: bigint, limit: number): Promise<Page>;
  /** Returns the id of the event at a position, even beyond the horizon. */
  idAt(position: bigint): Promise<string | undefined>;
}

/**
 * Reads the pages of one subscription. Each begins with the last event of the one before, which is not given again:
 * where another event stands in its place, or none, the events have been replaced by older ones, as by a backup.
 */
export class SubscriberPages {
  #last: { readonly position: bigint; readonly id: string } | undefined;

  constructor(private readonly source: PageSource) {}

  /** @throws HistoryReplacedError */
  async read(after: bigint): Promise<Page> {
    const page = await this.source.page(after > 0n ? after - 1n : 0n, PAGE_LIMIT + 1);
    const first = page[0]?.position === after ? page[0] : undefined;
    await this.#checkLast(first);
    const fresh = first ? page.slice(1) : page.slice(0, PAGE_LIMIT);
    const last = fresh.at(-1) ?? first;
    if (last) this.#last = { position: last.position, id: last.id };
    return fresh;
  }

  /**
   * Takes note of events that the subscription was given otherwise, so that the next page begins with the last of them.
   */
  noted(events: Page): Page {
    for (const { position, id } of events) if (position > (this.#last?.position ?? 0n)) this.#last = { position, id };
    return events;
  }

  /** A writer may lower the horizon for a moment: what is not seen then is looked for. */
  async #checkLast(first: RecordedEvent | undefined): Promise<void> {
    const last = this.#last;
    if (!last || first?.id === last.id || (await this.source.idAt(last.position)) === last.id) return;
    throw new HistoryReplacedError(last.position, last.id);
  }
}

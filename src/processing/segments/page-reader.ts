import type { RecordedEvent } from '../../messages';
import type { EventProcessorParts } from '../event-processor-parts';
import type { FeedPage } from '../feed/feed-page';
import type { SegmentPlace } from '../handling/page-handler';
import type { SegmentCheckpoint } from './segment-checkpoint';

/** Why no more pages are read: the store is closed, or the checkpoint is not at the end of the last page. */
export type ReadingEnd = 'closed' | 'elsewhere';

/** Reads the events that a segment has not handled yet, page after page. */
export class PageReader {
  /** How far pages were taken since reading last started from the checkpoint. */
  #readUntil = 0n;

  constructor(
    private readonly parts: EventProcessorParts,
    private readonly place: SegmentPlace,
    private readonly checkpoint: SegmentCheckpoint,
  ) {}

  /** Passes each page on, starting from the checkpoint; when `take` returns false, reading starts again from there. */
  async read(take: (page: FeedPage) => Promise<boolean>, ending: AbortSignal): Promise<ReadingEnd> {
    const after = this.checkpoint.position;
    this.#readUntil = after;
    await this.#seeWhereItStands(after);
    if (ending.aborted) return 'elsewhere';
    const reader = this.parts.feed.reader(after, this.parts.handling.eventNames);
    const close = (): void => reader.close();
    ending.addEventListener('abort', close);
    // The next page is read while this one is handled; an error surfaces when the page is awaited.
    const ahead = (): Promise<FeedPage | undefined> => {
      const next = reader.next();
      next.catch(() => undefined);
      return next;
    };
    try {
      for (let next = ahead(); ; ) {
        const page = await next;
        // The store ended the subscription, not this processor.
        if (!page) return 'closed';
        next = ahead();
        if (!(await take(page))) return 'elsewhere';
      }
    } finally {
      ending.removeEventListener('abort', close);
      reader.close();
    }
  }

  /** The event at its position tells the history apart from another one. */
  async #seeWhereItStands(position: bigint): Promise<void> {
    if (position === 0n) return;
    const [event] = await this.parts.eventStore.readAll({ after: position - 1n, limit: 1 });
    if (event) this.parts.history.saw(event);
  }

  /**
   * Returns the events of a page that are not handled yet: an append may have handled some in its own transaction.
   * Undefined when the checkpoint is before the page, which must then be read again from there.
   */
  async fresh({ events, to }: FeedPage): Promise<readonly RecordedEvent[] | undefined> {
    const last = events.at(-1);
    if (last) this.parts.history.saw(last);
    if (this.parts.handling.definition.options.mode === 'inline') {
      const { projection, version, segment } = this.place;
      const checkpoint = await this.parts.store.checkpoint({ projection, version, segment });
      if (checkpoint > this.checkpoint.position) this.checkpoint.moved(checkpoint);
    }
    const { position } = this.checkpoint;
    if (position < this.#readUntil) return undefined;
    this.#readUntil = to;
    return events.length > 0 && events[0]!.position <= position
      ? events.filter(event => event.position > position)
      : events;
  }
}

import type { EventStore, KnownHistory } from '../../store';
import type { FeedPage } from './feed-page';
import { type PageTarget, SharedReading } from './shared-reading';

/**
 * Gives the segments of a process the pages of the log. Segments at about the same position share one reading, so each
 * page is read once. A segment that is far behind reads on its own until it has caught up with another reading.
 */
export class EventFeed {
  readonly #readings = new Set<SharedReading>();

  constructor(
    private readonly store: Pick<EventStore, 'subscribe' | 'readAll'>,
    private readonly history?: Pick<KnownHistory, 'whenReplaced' | 'confirm'>,
  ) {
    // Pages kept for later readers belong to events that were replaced.
    history?.whenReplaced(() => this.#readings.clear());
  }

  /**
   * Returns a reader of the events after a position that have one of these names; it may receive others, too. The
   * caller closes it.
   */
  reader(after: bigint, names: ReadonlySet<string>): FeedReader {
    return new FeedReader(after, names, position => this.#readingAt(position, names));
  }

  /** The reading with the most readers, and of those the oldest: readings that meet become one. */
  #readingAt(after: bigint, names: ReadonlySet<string>): SharedReading {
    let best: SharedReading | undefined;
    for (const reading of this.#readings)
      if (reading.serves(after, names) && reading.readers > (best?.readers ?? -1)) best = reading;
    return best ?? this.#begin(after);
  }

  #begin(after: bigint): SharedReading {
    const { store, history } = this;
    const reading = new SharedReading({ store, history }, after, gone => this.#readings.delete(gone));
    this.#readings.add(reading);
    return reading;
  }
}

/** Reads one page after another. */
export class FeedReader implements PageTarget {
  #reading: SharedReading | undefined;
  #closed = false;
  #stopWaiting: (() => void) | undefined;

  constructor(
    public position: bigint,
    readonly names: ReadonlySet<string>,
    private readonly readingAt: (after: bigint) => SharedReading,
  ) {}

  /**
   * Resolves to the next page, which may have no events and only say how far it goes, or to undefined when the store or
   * the reader was closed. Call it again only when it has resolved.
   * @throws errors of the store
   */
  async next(): Promise<FeedPage | undefined> {
    // Not after the end: another subscription would end as well.
    while (!this.#closed && !this.#reading?.ended) {
      const reading = this.#attached();
      const page = reading.pageAfter(this.position);
      if (page) {
        this.position = page.to;
        return page;
      }
      await this.#another(reading);
    }
    return undefined;
  }

  /** Ends the reader, even while it waits. */
  close(): void {
    this.#closed = true;
    this.#stopWaiting?.();
    this.#reading?.detach(this);
    this.#reading = undefined;
  }

  #attached(): SharedReading {
    const reading = this.readingAt(this.position);
    if (reading === this.#reading) return reading;
    reading.attach(this);
    this.#reading?.detach(this);
    this.#reading = reading;
    return reading;
  }

  #another(reading: SharedReading): Promise<void> {
    return new Promise((resolve, reject) => {
      const wait = { over: resolve, failed: reject };
      this.#stopWaiting = () => {
        reading.leave(wait);
        resolve();
      };
      reading.wait(wait);
    });
  }
}

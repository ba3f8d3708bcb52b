import type { EventStore, KnownHistory } from '../../store';
import { type Page, type PageTarget, SharedReading } from './shared-reading';

/**
 * Gives all segments of a process the pages of the log. Those that stand at about the same place share one reading, so
 * that each page is read once; one that is far behind has a reading of its own until it has caught up with another one.
 */
export class EventFeed {
  readonly #readings = new Set<SharedReading>();

  constructor(
    private readonly store: Pick<EventStore, 'subscribe'>,
    history?: KnownHistory,
  ) {
    // Pages that are kept for later readers are of events that were replaced.
    history?.whenReplaced(() => this.#readings.clear());
  }

  /** Returns a reader of the events after a position. Close it in the end. */
  reader(after: bigint): FeedReader {
    return new FeedReader(after, position => this.#readingAt(position));
  }

  /** Of those that will do, the one that most share; of those, the oldest: so readings that meet become one. */
  #readingAt(after: bigint): SharedReading {
    let best: SharedReading | undefined;
    for (const reading of this.#readings)
      if (reading.serves(after) && reading.readers > (best?.readers ?? -1)) best = reading;
    return best ?? this.#begin(after);
  }

  #begin(after: bigint): SharedReading {
    const reading = new SharedReading(this.store, after, gone => this.#readings.delete(gone));
    this.#readings.add(reading);
    return reading;
  }
}

/** Takes one page after the other. */
export class FeedReader implements PageTarget {
  #reading: SharedReading | undefined;
  #closed = false;
  #stopWaiting: (() => void) | undefined;

  constructor(
    public position: bigint,
    private readonly readingAt: (after: bigint) => SharedReading,
  ) {}

  /**
   * Resolves to the next page, never an empty one; to undefined when the store or the reader was closed. One call at a
   * time.
   * @throws errors of the store
   */
  async next(): Promise<Page | undefined> {
    // Not after the end: another subscription would end as well.
    while (!this.#closed && !this.#reading?.ended) {
      const reading = this.#attached();
      const page = reading.pageAfter(this.position);
      if (page) {
        this.position = page.at(-1)!.position;
        return page;
      }
      await this.#another(reading);
    }
    return undefined;
  }

  /** Ends the reader, also where it waits. */
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

import type { RecordedEvent } from '../../messages';
import { type EventStore, PAGE_LIMIT } from '../../store';

export type Page = readonly RecordedEvent[];

/** Wakes a reader that waits for its next page. */
export interface PageWait {
  /** Called when there is another page, or the reading has ended. */
  over(): void;
  failed(error: unknown): void;
}

/** What a reading knows of a reader. */
export interface PageTarget {
  /** The position of the last event that the reader received. */
  readonly position: bigint;
}

/** A reader that falls this many pages behind the first one reads on its own. */
const MAX_PAGES = 8;
/** This many pages are kept for readers that join later, even if all others have taken them. */
const MIN_PAGES = 2;

/**
 * One subscription shared by any number of readers. The reader that reaches the end first requests the next page, and
 * the page is kept until all have taken it. Only the last pages are kept, so a slow reader does not hold up the others.
 */
export class SharedReading {
  readonly #ending = new AbortController();
  readonly #source: AsyncIterator<Page>;
  readonly #readers = new Set<PageTarget>();
  readonly #waits = new Set<PageWait>();
  #pages: Page[] = [];
  #start: bigint;
  #end: bigint;
  #reading = false;
  #ended = false;

  constructor(
    store: Pick<EventStore, 'subscribe'>,
    after: bigint,
    private readonly gone: (reading: SharedReading) => void,
  ) {
    this.#start = after;
    this.#end = after;
    this.#source = store.subscribe({ after, signal: this.#ending.signal })[Symbol.asyncIterator]();
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** True once the store has closed and so ended the subscription. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Tells whether the page after a position is kept, or is the next one to be read. */
  serves(after: bigint): boolean {
    if (after <= this.#end) return after >= this.#start;
    return this.#reading && after < this.#end + BigInt(PAGE_LIMIT);
  }

  /** Returns the kept events after a position, up to the end of their page; undefined if there are none yet. */
  pageAfter(after: bigint): Page | undefined {
    if (after >= this.#end) return undefined;
    const page = this.#pages.find(each => each.at(-1)!.position > after);
    return page && (page[0]!.position > after ? page : page.filter(({ position }) => position > after));
  }

  attach(reader: PageTarget): void {
    this.#readers.add(reader);
  }

  /** The last reader to leave ends the reading. */
  detach(reader: PageTarget): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
    this.#ending.abort();
    this.gone(this);
  }

  /** Reads another page, once for all who wait for it. */
  wait(wait: PageWait): void {
    this.#waits.add(wait);
    if (this.#reading) return;
    this.#reading = true;
    void this.#read();
  }

  /** Removes a reader from those that wait. */
  leave(wait: PageWait): void {
    this.#waits.delete(wait);
  }

  async #read(): Promise<void> {
    try {
      const { done, value } = await this.#source.next();
      this.#reading = false;
      if (done) {
        this.#ended = true;
        this.gone(this);
      } else this.#keep(value);
      for (const wait of this.#taken()) wait.over();
    } catch (error) {
      this.#reading = false;
      this.gone(this);
      for (const wait of this.#taken()) wait.failed(error);
    }
  }

  #keep(page: Page): void {
    this.#pages.push(page);
    this.#end = page.at(-1)!.position;
    let lowest = this.#end;
    for (const { position } of this.#readers) if (position < lowest) lowest = position;
    for (let left = this.#pages.length; left > MIN_PAGES; left--) {
      const first = this.#pages[0]!.at(-1)!.position;
      if (left <= MAX_PAGES && first > lowest) return;
      this.#start = first;
      this.#pages.shift();
    }
  }

  /** Takes the list first: a reader may wait again when it is called, and is then not called twice. */
  #taken(): PageWait[] {
    const waits = [...this.#waits];
    this.#waits.clear();
    return waits;
  }
}

import { PAGE_LIMIT } from '../../store';
import type { FeedPage, LogSource, ReadPage } from './feed-page';
import { LogReading } from './log-reading';

/** Wakes a reader that waits for its next page. */
export interface PageWait {
  /** Called when there is another page, or the reading has ended. */
  over(): void;
  failed(error: unknown): void;
}

/** What a reading knows of a reader. */
export interface PageTarget {
  /** Up to where the reader has the events. */
  readonly position: bigint;
  /** The names of the events that it handles. */
  readonly names: ReadonlySet<string>;
}

/** A reader that falls this many pages behind the first one reads on its own. */
const MAX_PAGES = 8;
/** This many pages are kept for readers that join later, even if all others have taken them. */
const MIN_PAGES = 2;

/**
 * A reading of the log shared by any number of readers. The reader that reaches the end first requests the next page,
 * and the page is kept until all have taken it. Only the last pages are kept, so a slow reader does not hold up the
 * others.
 */
export class SharedReading {
  readonly #log: LogReading;
  readonly #readers = new Set<PageTarget>();
  readonly #waits = new Set<PageWait>();
  #pages: ReadPage[] = [];
  #start: bigint;
  #end: bigint;
  /** The names that are being read; undefined for all. */
  #names: ReadonlySet<string> | undefined;
  #reading = false;
  #ended = false;

  constructor(
    source: LogSource,
    after: bigint,
    private readonly gone: (reading: SharedReading) => void,
  ) {
    this.#start = after;
    this.#end = after;
    this.#log = new LogReading(source);
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** True once the store has closed and so ended the reading. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Tells whether the page after a position is kept or is the next to be read, and has the events with these names.
   */
  serves(after: bigint, names: ReadonlySet<string>): boolean {
    if (after < this.#start) return false;
    if (after < this.#end) return has(this.#pages.find(({ to }) => to > after)!.names, names);
    if (this.#reading && !has(this.#names, names)) return false;
    return after === this.#end || (this.#reading && after < this.#end + BigInt(PAGE_LIMIT));
  }

  /** Returns the kept events after a position, up to the end of their page; undefined if there are none yet. */
  pageAfter(after: bigint): FeedPage | undefined {
    const page = this.#pages.find(({ to }) => to > after);
    if (!page || (page.events[0]?.position ?? page.to) > after) return page;
    return { ...page, events: page.events.filter(({ position }) => position > after) };
  }

  attach(reader: PageTarget): void {
    this.#readers.add(reader);
  }

  /** The last reader to leave ends the reading. */
  detach(reader: PageTarget): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
    this.#log.end();
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
      const names = this.#log.isSelective ? this.#wanted() : undefined;
      this.#names = names?.size ? names : undefined;
      const page = await this.#log.next(this.#end, this.#names);
      this.#reading = false;
      if (page) {
        this.#log.judge(page, this.#end, () => this.#wanted());
        this.#keep(page);
      } else {
        this.#ended = true;
        this.gone(this);
      }
      for (const wait of this.#taken()) wait.over();
    } catch (error) {
      this.#reading = false;
      this.gone(this);
      for (const wait of this.#taken()) wait.failed(error);
    }
  }

  /** The names of all events that some reader handles. */
  #wanted(): ReadonlySet<string> {
    // The segments of a processor share one set.
    const sets = new Set(Array.from(this.#readers, ({ names }) => names));
    const [first] = sets;
    return sets.size === 1 ? first! : new Set([...sets].flatMap(names => [...names]));
  }

  #keep(page: ReadPage): void {
    this.#pages.push(page);
    this.#end = page.to;
    let lowest = this.#end;
    for (const { position } of this.#readers) if (position < lowest) lowest = position;
    for (let left = this.#pages.length; left > MIN_PAGES; left--) {
      const first = this.#pages[0]!.to;
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

/** Tells whether a page with events of some names, or of all, has the events with these names. */
function has(ofPage: ReadonlySet<string> | undefined, names: ReadonlySet<string>): boolean {
  if (!ofPage || ofPage === names) return true;
  for (const name of names) if (!ofPage.has(name)) return false;
  return true;
}

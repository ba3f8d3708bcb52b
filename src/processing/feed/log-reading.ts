import type { RecordedEvent } from '../../messages';
import { type EventStore, lastAfter, PAGE_LIMIT, passEvents } from '../../store';
import type { LogSource, ReadPage } from './feed-page';

type Events = readonly RecordedEvent[];

/** After so many full pages with few wanted events, only wanted events are read, as long as there is much to read. */
const SPARSE_PAGES = 4;
/** Wanted events count as few if they are at most one in so many. */
const SPARSE_RATIO = 10;

/** A subscription, and how far it has come. */
interface Following {
  readonly pages: AsyncIterator<Events>;
  readonly left: AbortController;
  at: bigint;
}

/**
 * Reads the pages of one reading. Normally it uses a subscription, which delivers all events, and near the end always,
 * so that the store is not polled for new ones. Far behind the end, if few events are wanted, it reads these by name.
 */
export class LogReading {
  readonly #ending = new AbortController();
  #following: Following | undefined;
  /** How many full pages in a row had few wanted events. */
  #sparse = 0;
  /** The end of the log when reading by names began. */
  #end: bigint | undefined;
  /** Whether the store ignores the filter: then reading by names is of no use. */
  #ignores = false;

  constructor(private readonly source: LogSource) {}

  /** Whether the next page is read by names. */
  get isSelective(): boolean {
    return this.#sparse >= SPARSE_PAGES && !this.#ignores;
  }

  /**
   * Returns the page after a position, of all events or those with some names; undefined when the store is closed.
   * @throws errors of the store
   */
  async next(after: bigint, names: ReadonlySet<string> | undefined): Promise<ReadPage | undefined> {
    const selected = names && (await this.#select(after, names));
    return selected ?? this.#follow(after);
  }

  /** Decides how the page after this one, which began after `from`, is to be read. */
  judge({ events, to, names }: ReadPage, from: bigint, wanted: () => ReadonlySet<string>): void {
    if (names) {
      const isSparse = BigInt(events.length * SPARSE_RATIO) <= to - from;
      if (events.length === 0 || !isSparse) this.#over();
    } else if (events.length < PAGE_LIMIT) this.#sparse = 0;
    else {
      const all = wanted();
      const few = events.filter(({ name }) => all.has(name)).length * SPARSE_RATIO <= events.length;
      this.#sparse = few ? this.#sparse + 1 : 0;
    }
  }

  /** Ends the reading, even while it waits. */
  end(): void {
    this.#ending.abort();
    this.#leave();
  }

  async #select(after: bigint, names: ReadonlySet<string>): Promise<ReadPage | undefined> {
    this.#leave();
    const { store, history } = this.source;
    const { signal } = this.#ending;
    const readAll: EventStore['readAll'] = page => store.readAll(page);
    this.#end ??= await lastAfter(readAll, after, signal);
    const upTo = this.#end;
    if (upTo === undefined || upTo <= after) return this.#over();
    const range = { after, upTo, filter: { names: [...names] }, signal };
    const [{ events, to, ignored }, wasSame] = await Promise.all([passEvents(readAll, range), history?.confirm()]);
    this.#ignores = ignored;
    if (ignored || events.length === 0) this.#end = undefined;
    // The range may end without an event of its own, so check that the history is still the one that was read.
    const isSame = events.length > 0 ? wasSame : await history?.confirm();
    return isSame === false ? this.#over() : { events, to, names };
  }

  /** Continues with all events. */
  #over(): undefined {
    this.#sparse = 0;
    this.#end = undefined;
  }

  async #follow(after: bigint): Promise<ReadPage | undefined> {
    if (this.#following?.at !== after) this.#leave();
    this.#following ??= this.#subscribed(after);
    const following = this.#following;
    const { done, value } = await following.pages.next();
    if (done) return undefined;
    following.at = value.at(-1)!.position;
    return { events: value, to: following.at, names: undefined };
  }

  #subscribed(after: bigint): Following {
    const left = new AbortController();
    const pages = this.source.store.subscribe({ after, signal: left.signal });
    return { pages: pages[Symbol.asyncIterator](), left, at: after };
  }

  #leave(): void {
    this.#following?.left.abort();
    this.#following = undefined;
  }
}

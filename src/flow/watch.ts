import { isDeepStrictEqual } from 'node:util';
import type { ChangeFeed, ChangeListener, Touches } from '../processing';

/** What a live query needs of its Flow. */
export interface WatchSources {
  readonly feed: ChangeFeed;
  readonly touches: Touches;
  /** Called when somebody has begun to read. */
  began(watch: Watch<any>): void;
  /** Called once when the iteration has ended, however it ended. */
  ended(watch: Watch<any>): void;
}

/**
 * Gives the result of a query now, and again after each change that touches it. It asks when its reader does: a slow reader gets the newest
 * result, never a queue of old ones.
 */
export class Watch<Result> implements AsyncIterable<Result>, AsyncIterator<Result, undefined>, ChangeListener {
  /** What the last answer was made of; undefined before the first. */
  about: ReadonlySet<string> | undefined;
  /** What changed since that answer was begun. */
  readonly #changed = new Set<string>();
  #last: { readonly result: Result } | undefined;
  #unsubscribe: (() => void) | undefined;
  #done = false;
  #wake: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #onAbort = (): void => this.end();

  constructor(
    private readonly ask: () => Promise<Result>,
    private readonly sources: WatchSources,
    private readonly signal: AbortSignal | undefined,
  ) {
    if (signal?.aborted) queueMicrotask(this.#onAbort);
    else signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Returns the next result; concurrent calls are answered one after the other. */
  next(): Promise<IteratorResult<Result, undefined>> {
    const next = this.#turn.then(() => this.#next());
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async return(): Promise<IteratorResult<Result, undefined>> {
    this.end();
    return { done: true, value: undefined };
  }

  /** Ends the iteration; a reader that waits is told so. */
  end(): void {
    if (this.#done) return;
    this.#done = true;
    this.signal?.removeEventListener('abort', this.#onAbort);
    this.#unsubscribe?.();
    this.#wake?.();
    this.sources.ended(this);
  }

  async #next(): Promise<IteratorResult<Result, undefined>> {
    try {
      while (!this.#done) {
        if (this.about && !this.#isTouched()) await new Promise<void>(resolve => (this.#wake = resolve));
        else {
          const result = await this.#answer();
          if (this.#done) break;
          if (this.#last && isDeepStrictEqual(this.#last.result, result)) continue;
          this.#last = { result };
          return { done: false, value: result };
        }
      }
    } catch (error) {
      if (!this.#done) {
        this.end();
        throw error;
      }
    }
    return { done: true, value: undefined };
  }

  /** It listens before it asks, and what changes while it asks makes it ask again: nothing falls in between. */
  async #answer(): Promise<Result> {
    const { feed, touches } = this.sources;
    if (!this.#unsubscribe) {
      this.sources.began(this);
      const unsubscribe = await feed.subscribe(this);
      if (this.#done) unsubscribe();
      else this.#unsubscribe = unsubscribe;
    }
    this.#changed.clear();
    const touched = new Set<string>();
    const result = await touches.record(touched, this.ask);
    this.about = touched;
    for (const name of touched) feed.follow(name);
    return result;
  }

  changed(name: string): void {
    this.#changed.add(name);
    if (this.#isTouched()) this.#wake?.();
  }

  /** A query that read no read model depends on what cannot be known: then any change counts. */
  #isTouched(): boolean {
    const touched = this.about;
    if (!touched || this.#changed.size === 0) return false;
    return touched.size === 0 || [...touched].some(name => this.#changed.has(name));
  }
}

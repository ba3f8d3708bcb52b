import { isDeepStrictEqual } from 'node:util';
import { Mutex } from '../concurrency';
import type { DependencyTracker } from '../processing';
import type { ChangeFeed, ChangeListener } from './change-feed';
import { copyOfResult } from './result-copy';

/** What a live query needs of its Flow. */
export interface WatchSources {
  readonly feed: ChangeFeed;
  readonly dependencies: DependencyTracker;
  /** Called before the first query; ends the watch if the flow is closed to live queries. */
  began(watch: Watch<any>): void;
  /** Called once when the iteration has ended, for any reason. */
  ended(watch: Watch<any>): void;
}

/**
 * Yields the result of a query now, and again after each change of a read model that it reads. It queries only when its
 * reader asks: a slow reader gets the newest result, never a queue of old ones.
 */
export class Watch<Result> implements AsyncIterable<Result>, AsyncIterator<Result, undefined>, ChangeListener {
  /** The read models that the last query read; undefined before the first. */
  about: ReadonlySet<string> | undefined;
  /** What has changed since that query began. */
  readonly #changed = new Set<string>();
  /** A copy of the last result; undefined if results cannot be compared. */
  #last: { readonly value: unknown } | undefined;
  #unsubscribe: (() => void) | undefined;
  #done = false;
  #wake: (() => void) | undefined;
  readonly #turns = new Mutex();
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

  /** Returns the next result; concurrent calls are answered in turn. */
  next(): Promise<IteratorResult<Result, undefined>> {
    return this.#turns.take(() => this.#next());
  }

  async return(): Promise<IteratorResult<Result, undefined>> {
    this.end();
    return { done: true, value: undefined };
  }

  /** Ends the iteration, even while a reader waits. */
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
          const answer = await this.#orEnd(this.#answer());
          if (!answer || this.#done) break;
          if (this.#isNew(answer.result)) return { done: false, value: answer.result };
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

  /** Subscribes before it queries, and a change during the query makes it query again, so no change is missed. */
  async #answer(): Promise<{ readonly result: Result } | undefined> {
    const { feed, dependencies } = this.sources;
    if (!this.#unsubscribe) {
      this.sources.began(this);
      if (this.#done) return undefined;
      const unsubscribe = await feed.subscribe(this);
      if (this.#done) unsubscribe();
      else this.#unsubscribe = unsubscribe;
    }
    if (this.#done) return undefined;
    this.#changed.clear();
    const touched = new Set<string>();
    const result = await dependencies.record(touched, this.ask);
    if (this.#done) return undefined;
    this.about = touched;
    for (const name of touched) feed.follow(name);
    return { result };
  }

  /** Resolves to the result of the work, or to undefined as soon as the iteration ends. */
  #orEnd<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        if (this.#done) resolve(undefined);
      };
      work.then(resolve, reject);
    });
  }

  /**
   * Compared with a copy: the handler may return the same object again, changed, and the reader may change its result.
   */
  #isNew(result: Result): boolean {
    const copy = copyOfResult(result);
    const isSame = copy !== undefined && this.#last !== undefined && isDeepStrictEqual(copy.value, this.#last.value);
    this.#last = copy;
    return !isSame;
  }

  changed(name: string): void {
    this.#changed.add(name);
    if (this.#isTouched()) this.#wake?.();
  }

  /** A query that read no read model has unknown dependencies, so any change counts. */
  #isTouched(): boolean {
    const touched = this.about;
    if (!touched || this.#changed.size === 0) return false;
    return touched.size === 0 || [...touched].some(name => this.#changed.has(name));
  }
}

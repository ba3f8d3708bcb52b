import type { Logger } from '../../../messages';
import { OUTAGE_PAUSE_MS } from '../connection/retry';

/** Woken when there may be new events. */
export interface Subscriber {
  wake(): void;
}

/** What a ticker queries, and how often. */
export interface TickerSource {
  readonly pollEvery: number;
  readonly logger: Logger;
  /** Returns the horizon; rejects if it cannot be read. */
  horizon(): Promise<string>;
  /** Tells whether an error of `horizon` may pass. */
  mayPass(error: unknown): boolean;
}

const MIN_INTERVAL_MS = 5;
/**
 * While nothing comes, the pause before the next query grows: to a share of the time since the last event, but at most
 * to a multiple of `pollEvery`; in a long silence it grows further, and slower.
 */
const PAUSES = [
  { share: 0.1, maxPolls: 10 },
  { share: 0.01, maxPolls: 25 },
];
// A writer that read the sequence long before it took its lock lowers the horizon for a moment. A subscriber that reads
// just then sees nothing, while the ticks before and after see the same horizon. For this reason all subscribers are
// woken regularly, even if the horizon has not moved; in a long silence less often.
const WAKE_INTERVAL_MS = 500;
const MAX_WAKE_INTERVAL_MS = 5000;

/**
 * Reads the horizon while there are subscribers, and wakes them when it has moved. One ticker serves all subscribers of
 * a store. The longer nothing has come, the less often it reads.
 */
export class Ticker {
  readonly #subscribers = new Set<Subscriber>();
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #hurried = false;
  #horizon: string | undefined;
  #lastWake = 0;
  #lastAsked = 0;
  /** When something new was last found or this process last appended, by `performance.now()`. */
  #lastNews = 0;
  #lost = false;

  constructor(private readonly source: TickerSource) {}

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    if (this.#subscribers.size === 1) this.#plan(0);
  }

  remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    clearTimeout(this.#timer);
    this.#horizon = undefined;
  }

  /** Reads the horizon immediately: this process has appended something. */
  hurry(): void {
    if (this.#subscribers.size === 0) return;
    this.#lastNews = performance.now();
    if (this.#asking) this.#hurried = true;
    else this.#plan(Math.max(0, this.#lastAsked + MIN_INTERVAL_MS - performance.now()));
  }

  /**
   * Reports that a subscriber's read failed for a reason that may pass: wakes the subscriber when the database answers
   * again.
   */
  lost(error: unknown): void {
    if (!this.#lost)
      this.source.logger.warn({ error }, 'PostgreSQL does not answer the subscribers; they go on as soon as it does.');
    this.#lost = true;
  }

  #plan(pause: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tick(), pause);
  }

  async #tick(): Promise<void> {
    this.#asking = true;
    this.#hurried = false;
    this.#lastAsked = performance.now();
    const pause = await this.#ask();
    this.#asking = false;
    if (this.#subscribers.size > 0) this.#plan(this.#hurried ? MIN_INTERVAL_MS : pause);
  }

  /** Returns the pause before the next query. */
  async #ask(): Promise<number> {
    try {
      const horizon = await this.source.horizon();
      if (this.#lost || horizon !== this.#horizon || performance.now() - this.#lastWake >= this.#wakeInterval)
        this.#wakeAll();
      if (horizon !== this.#horizon) this.#lastNews = performance.now();
      this.#horizon = horizon;
      this.#lost = false;
      return this.#pause;
    } catch (error) {
      if (this.source.mayPass(error)) this.lost(error);
      // Each subscriber finds out for itself whether it can read: no failure is kept beyond the moment in which it came
      // about.
      else this.#wakeAll();
      return Math.max(this.source.pollEvery, OUTAGE_PAUSE_MS);
    }
  }

  get #pause(): number {
    const { pollEvery } = this.source;
    const pauses = PAUSES.map(({ share, maxPolls }) => Math.min(maxPolls * pollEvery, share * this.#silence));
    return Math.max(pollEvery, ...pauses);
  }

  get #wakeInterval(): number {
    return Math.max(WAKE_INTERVAL_MS, Math.min(MAX_WAKE_INTERVAL_MS, 0.1 * this.#silence));
  }

  /** The time since the last event. */
  get #silence(): number {
    return performance.now() - this.#lastNews;
  }

  #wakeAll(): void {
    this.#lastWake = performance.now();
    for (const subscriber of this.#subscribers) subscriber.wake();
  }
}

import { SharedRuns } from '../../concurrency';
import { EventualityError, type FailureReporting, type RecordedEvent, reportFailure } from '../../messages';
import { HistoryReplacedError } from '../ports/errors';
import type { EventStore } from '../ports/event-store';

/** For how long what is known is taken to be of the history that the store has, in milliseconds. */
const TRUST_MS = 250;

/** Errors that say that what is known of the events is void. */
const VOIDING: ReadonlySet<string> = new Set(['HISTORY_REPLACED', 'STORE_GONE']);

/**
 * Notices that the events of a store are others than this process has seen: an older backup was put in place, or the
 * tables were dropped and made anew. Then all that the process remembers of them is forgotten together, and it is said
 * once. One for each store and process; whatever remembers something says how it forgets it.
 */
export class KnownHistory {
  readonly #forgetting: (() => void)[] = [];
  readonly #asks = new SharedRuns(() => this.#ask());
  /** The event with the highest position that was ever seen. */
  #newest: RecordedEvent | undefined;
  /** The newest event when the store was asked last, or the first one that was seen. */
  #confirmed: RecordedEvent | undefined;
  #trustedUntil = 0;
  /** How often it was forgotten. */
  #turns = 0;
  /** The newest event that was known when it was forgotten, until the store has confirmed one that was seen since. */
  #forgotten: RecordedEvent | undefined;
  /** That the store is gone was said, and nothing was seen of it since. */
  #isGone = false;

  constructor(
    private readonly store: EventStore,
    private readonly reporting: FailureReporting,
  ) {}

  /** Has something that is remembered forgotten when the events turn out to be others. */
  whenReplaced(forget: () => void): void {
    this.#forgetting.push(forget);
  }

  /** Takes note of an event that was read or written: it tells this history from another one. */
  saw(event: RecordedEvent): void {
    if (this.#newest === undefined || event.position > this.#newest.position) this.#newest = event;
    this.#confirmed ??= event;
    this.#isGone = false;
  }

  /** Takes note that the store has answered. */
  answered(): void {
    this.#isGone = false;
  }

  /**
   * Resolves when what is known may be used, having asked the store at most every {@link TRUST_MS}; undefined where it
   * may be used at once.
   */
  check(): Promise<unknown> | undefined {
    const now = performance.now();
    // What is read from here on is as new as that.
    if (this.#newest === undefined) this.#trustedUntil = now + TRUST_MS;
    return now < this.#trustedUntil ? undefined : this.confirm();
  }

  /**
   * Asks the store, after the call, for the newest event that is known: one short read, which those who ask at once
   * share. Returns whether what was known before the call is still so.
   * @throws errors of the store
   */
  async confirm(): Promise<boolean> {
    const turns = this.#turns;
    if (this.#newest !== undefined) await this.#asks.run();
    return turns === this.#turns;
  }

  /** Takes note of an error, and tells whether it says that what is known is void. */
  noticed(error: unknown): boolean {
    if (!EventualityError.is(error) || !VOIDING.has(error.code)) return false;
    if (error.code === 'STORE_GONE') {
      if (this.#isGone) return true;
      this.#isGone = true;
    }
    this.#forget(error);
    return true;
  }

  async #ask(): Promise<void> {
    const [asked, turns, newest, confirmed] = [performance.now(), this.#turns, this.#newest, this.#confirmed];
    if (newest === undefined) return;
    // What came since the last time may be of the new history already, the rest still of the old one.
    const known = confirmed && confirmed !== newest ? [newest, confirmed] : [newest];
    const stored = await Promise.all(known.map(event => this.#isStored(event))).catch(error => {
      this.noticed(error);
      throw error;
    });
    if (turns !== this.#turns) return;
    const gone = known.find((_, index) => !stored[index]);
    this.#trustedUntil = asked + TRUST_MS;
    if (gone) return this.#forget(new HistoryReplacedError(gone.position, gone.id), this.#wasForgotten(gone));
    this.#confirmed = newest;
    this.#forgotten = undefined;
  }

  async #isStored({ aggregateName, aggregateId, version, id }: RecordedEvent): Promise<boolean> {
    const [stored] = await this.store.read({ aggregateName, aggregateId }, { from: version, limit: 1 });
    return stored?.id === id;
  }

  /** What was read before it was forgotten may be seen afterwards: that these events are gone was said. */
  #wasForgotten({ recordedAt }: RecordedEvent): boolean {
    return this.#forgotten !== undefined && recordedAt <= this.#forgotten.recordedAt;
  }

  #forget(error: unknown, isSaid = false): void {
    this.#turns++;
    this.#forgotten = isSaid ? this.#forgotten : this.#newest;
    this.#newest = undefined;
    this.#confirmed = undefined;
    for (const forget of this.#forgetting) forget();
    if (isSaid) return;
    const context = { kind: 'event-store', name: this.store.constructor.name } as const;
    reportFailure(error, context, this.reporting, 'what this process knew of it is void, and it begins again');
  }
}

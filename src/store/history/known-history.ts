import { SharedRuns } from '../../concurrency';
import { EventualityError, type FailureReporting, type RecordedEvent, reportFailure } from '../../messages';
import { HistoryReplacedError } from '../ports/errors';
import type { EventStore } from '../ports/event-store';

/** How long cached knowledge is trusted without asking the store, in milliseconds. */
const TRUST_MS = 250;

/** Errors that show that the known events were replaced. */
const VOIDING: ReadonlySet<string> = new Set(['HISTORY_REPLACED', 'STORE_GONE']);

/**
 * Notices that the events of a store are not those that this process has seen: an older backup was restored, or the
 * tables were dropped and created again. Then everything that the process remembers of them is dropped together, and
 * this is reported once. There is one for each store and process; every cache registers how it is emptied.
 */
export class KnownHistory {
  readonly #forgetting: (() => void)[] = [];
  readonly #asks = new SharedRuns(() => this.#ask());
  /** The event with the highest position ever seen. */
  #newest: RecordedEvent | undefined;
  /** The newest event when the store was last asked, or the first one that was seen. */
  #confirmed: RecordedEvent | undefined;
  #trustedUntil = 0;
  /** How often the history was replaced. */
  #turns = 0;
  /** The newest known event when the history was replaced, until the store has confirmed an event seen since. */
  #forgotten: RecordedEvent | undefined;
  /** True after it was reported that the store is gone, until events are seen again. */
  #isGone = false;

  constructor(
    private readonly store: EventStore,
    private readonly reporting: FailureReporting,
  ) {}

  /** Registers a function that drops what is remembered when the events were replaced. */
  whenReplaced(forget: () => void): void {
    this.#forgetting.push(forget);
  }

  /** Records an event that was read or written: it tells this history apart from another one. */
  saw(event: RecordedEvent): void {
    if (this.#newest === undefined || event.position > this.#newest.position) this.#newest = event;
    this.#confirmed ??= event;
    this.#isGone = false;
  }

  /** Records that the store has answered. */
  answered(): void {
    this.#isGone = false;
  }

  /**
   * Resolves when cached knowledge may be used, after asking the store at most every {@link TRUST_MS}; undefined if it
   * may be used immediately.
   */
  check(): Promise<unknown> | undefined {
    const now = performance.now();
    // Everything read from here on is at least as new.
    if (this.#newest === undefined) this.#trustedUntil = now + TRUST_MS;
    return now < this.#trustedUntil ? undefined : this.confirm();
  }

  /**
   * Asks the store, after the call, for the newest known event: one short read, shared by concurrent callers. Returns
   * whether what was known before the call is still valid.
   * @throws errors of the store
   */
  async confirm(): Promise<boolean> {
    const turns = this.#turns;
    if (this.#newest !== undefined) await this.#asks.run();
    return turns === this.#turns;
  }

  /** Inspects an error; returns whether it shows that the known events were replaced. */
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
    // Events since the last check may belong to the new history already, and the rest still to the old one.
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

  /** Events read before the history was replaced may be seen afterwards; that they are gone was already reported. */
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

import type { RecordedEvent } from '../messages';
import { type EventStore, HistoryReplacedError } from '../store';

/** For how long a cache is taken to be of the history that the store has, in milliseconds. */
const TRUST_MS = 250;

/** What is known of events, and can be forgotten. */
export interface KeptEvents {
  /** The event with the highest position that is known. */
  readonly newest: RecordedEvent | undefined;
  clear(): void;
}

/**
 * Notices that an older backup was put in place under the process: the newest event that is known is gone then, or
 * another one stands in its place. What was kept is dropped, and the error is told. Before a command decides on what is
 * kept the store is asked for that event, at most every {@link TRUST_MS}: one short read, however many aggregates are
 * kept.
 */
export class KnownHistory {
  /** The newest event when the store was asked last. */
  #confirmed: RecordedEvent | undefined;
  #trustedUntil = 0;
  #asking: Promise<void> | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly kept: KeptEvents,
    private readonly replaced: (error: HistoryReplacedError) => void,
  ) {}

  /** Resolves when what is kept may be used; undefined where it may be at once. */
  check(): Promise<void> | undefined {
    const { newest } = this.kept;
    const now = performance.now();
    // What is read from here on is as new as that.
    if (newest === undefined) this.#trustedUntil = now + TRUST_MS;
    if (newest === undefined || now < this.#trustedUntil) return undefined;
    this.#asking ??= this.#ask(newest).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(newest: RecordedEvent): Promise<void> {
    const asked = performance.now();
    const gone = (await this.#isGone(newest)) ? newest : await this.#confirmedGone(newest);
    this.#confirmed = gone ? undefined : newest;
    this.#trustedUntil = asked + TRUST_MS;
    if (!gone) return;
    this.kept.clear();
    this.replaced(new HistoryReplacedError(gone.position, gone.id));
  }

  /** What was kept since the last time may be of the new history already, the rest still of the old one. */
  async #confirmedGone(newest: RecordedEvent): Promise<RecordedEvent | undefined> {
    const confirmed = this.#confirmed;
    return confirmed && confirmed !== newest && (await this.#isGone(confirmed)) ? confirmed : undefined;
  }

  async #isGone({ aggregateName, aggregateId, version, id }: RecordedEvent): Promise<boolean> {
    const [stored] = await this.store.read({ aggregateName, aggregateId }, { from: version, limit: 1 });
    return stored?.id !== id;
  }
}

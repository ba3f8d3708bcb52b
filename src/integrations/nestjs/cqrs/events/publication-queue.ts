import { type EventStore, EventualityError, type RecordedEvent } from '../../../../index';
import type { StreamAppend } from '../../../../store-kit';

/** What one call has published. */
export interface Publication {
  readonly appends: readonly StreamAppend[];
}

interface Waiting extends Publication {
  resolve(recorded: readonly RecordedEvent[]): void;
  reject(error: unknown): void;
}

const MAX_EVENTS = 500;
/** Errors that one publication causes; the others of its batch can be stored without it. */
const OF_ONE = new Set(['PAYLOAD_TOO_LARGE', 'DUPLICATE_EVENT', 'UNSTORABLE_VALUE', 'INVALID_APPEND']);

/**
 * Appends what is published in the order in which it was published, whether or not its callers wait: one append at a
 * time, of all that was published during the one before.
 */
export class PublicationQueue {
  #waiting: Waiting[] = [];
  #draining: Promise<void> | undefined;

  constructor(private readonly append: EventStore['append']) {}

  add(publication: Publication): Promise<readonly RecordedEvent[]> {
    const recorded = new Promise<readonly RecordedEvent[]>((resolve, reject) =>
      this.#waiting.push({ resolve, reject, ...publication }),
    );
    this.#draining ??= this.#drain();
    return recorded;
  }

  /** Resolves when everything published so far is stored or rejected. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async #drain(): Promise<void> {
    // What is published in the same turn shares the append.
    await undefined;
    while (this.#waiting.length > 0) await this.#store(this.#batch());
    this.#draining = undefined;
  }

  /** Takes publications from the front, until the next one continues a stream of the batch. */
  #batch(): Waiting[] {
    const streams = new Set<string>();
    let events = 0;
    let count = 0;
    for (const { appends } of this.#waiting) {
      const fits = events < MAX_EVENTS && !appends.some(({ stream }) => streams.has(stream.aggregateId));
      if (count > 0 && !fits) break;
      for (const { stream, events: more } of appends) {
        streams.add(stream.aggregateId);
        events += more.length;
      }
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcome = await this.append(batch.flatMap(({ appends }) => appends));
      // Nothing conflicts with "any version".
      let recorded = outcome.ok ? outcome.events : [];
      for (const { appends, resolve } of batch) {
        const count = appends.reduce((sum, { events }) => sum + events.length, 0);
        resolve(recorded.slice(0, count));
        recorded = recorded.slice(count);
      }
    } catch (error) {
      if (batch.length > 1 && EventualityError.is(error) && OF_ONE.has(error.code))
        for (const each of batch) await this.#store([each]);
      else for (const { reject } of batch) reject(error);
    }
  }
}

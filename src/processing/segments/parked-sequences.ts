import type { RetryRule } from '../../concurrency';
import { backOff } from '../../concurrency';
import type { AnsweredRetry, DeadLetters, ParkedName, ParkedSequence } from '../../store';
import { eventRetry } from '../definition/event-retry';
import type { EventProcessorParts } from '../event-processor-parts';

/**
 * The most sequences that one segment parks. If more fail, the cause is an outage and not the events, and the segment
 * waits.
 */
export const MAX_PARKED_SEQUENCES = 1000;

/** Whether a parked sequence of a version waits for an automatic retry. @throws errors of the store */
export async function hasRetries({ store, handling, pulse }: EventProcessorParts, name: ParkedName): Promise<boolean> {
  const { retry } = handling.definition.options;
  const parked = new ParkedSequences(store.deadLetters, name, () => pulse.parked(name), retry);
  await parked.refresh();
  return parked.nextDue !== undefined;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The parked sequences of one segment or of all, and when each is retried. */
export class ParkedSequences {
  readonly #dueAt = new Map<string, number>();
  /** The retries requested when the store was last read. */
  readonly #asked = new Map<string, number>();
  readonly #retry: Required<RetryRule>;

  constructor(
    private readonly letters: DeadLetters,
    private readonly name: ParkedName,
    /** Reads the parked sequences. */
    private readonly look: () => Promise<readonly ParkedSequence[]>,
    retry: RetryRule | undefined,
  ) {
    this.#retry = eventRetry(retry);
  }

  get size(): number {
    return this.#dueAt.size;
  }

  has(sequence: string): boolean {
    return this.#dueAt.has(sequence);
  }

  /** Reads the parked sequences: discarded sequences are free, and those named in a `retry()` are due. */
  async refresh(): Promise<void> {
    const sequences = await this.look();
    const parked = new Set<string>();
    for (const { sequence, error, retry } of sequences) {
      parked.add(sequence);
      if (retry === undefined) this.#asked.delete(sequence);
      else this.#asked.set(sequence, retry);
      if (retry !== undefined || error === undefined) this.#dueAt.set(sequence, 0);
      else if (!this.#dueAt.has(sequence)) await this.#found(sequence);
    }
    for (const sequence of this.#dueAt.keys()) if (!parked.has(sequence)) this.free(sequence);
  }

  /** Records how often the first event of a sequence has failed; returns whether it will be retried automatically. */
  failed(sequence: string, attempts: number): boolean {
    const { delay, maxDelay } = this.#retry;
    const again = attempts < this.#retry.attempts;
    this.#dueAt.set(sequence, again ? performance.now() + backOff(attempts, delay, maxDelay) : NEVER);
    return again;
  }

  /**
   * The retry request that this attempt answers if it fails. A request that arrived since the store was last read is
   * not included.
   */
  answers(sequence: string): AnsweredRetry | undefined {
    const retry = this.#asked.get(sequence);
    return retry === undefined ? undefined : { sequence, retry };
  }

  free(sequence: string): void {
    this.#dueAt.delete(sequence);
    this.#asked.delete(sequence);
  }

  /** The sequences that are due. */
  due(): string[] {
    const now = performance.now();
    return [...this.#dueAt].filter(([, at]) => at <= now).map(([sequence]) => sequence);
  }

  /** Milliseconds until the next one is due; undefined if none will be. */
  get nextDue(): number | undefined {
    const next = Math.min(NEVER, ...this.#dueAt.values());
    return next === NEVER ? undefined : Math.max(0, next - performance.now());
  }

  /** Parked by another process: the attempts continue where they were. */
  async #found(sequence: string): Promise<void> {
    const [first] = await this.letters.list(this.name, { sequence, limit: 1 });
    if (first) this.#dueAt.set(sequence, first.attempts < this.#retry.attempts ? 0 : NEVER);
  }
}

import type { RetryRule } from '../../concurrency';
import { backOff } from '../../concurrency';
import type { AnsweredRetry, DeadLetters, ParkedName, ParkedSequence } from '../../store';
import { eventRetry } from '../definition/event-retry';

/**
 * So many sequences are parked at most by one segment: where more fail it is no poison event, and the segment waits.
 */
export const MAX_PARKED_SEQUENCES = 1000;

const NEVER = Number.POSITIVE_INFINITY;

/** The sequences that are parked, of one segment or of all, and when each is to be tried again. */
export class ParkedSequences {
  readonly #dueAt = new Map<string, number>();
  /** The requests to try a sequence again, as of the last look. */
  readonly #asked = new Map<string, number>();
  readonly #retry: Required<RetryRule>;

  constructor(
    private readonly letters: DeadLetters,
    private readonly name: ParkedName,
    /** Finds what is parked. */
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

  /**
   * Reads what is parked: sequences that were discarded are free, those that a retry() asked for are due.
   */
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

  /**
   * Takes note that the first event of a sequence has failed so many times; returns whether it will be tried again by
   * itself.
   */
  failed(sequence: string, attempts: number): boolean {
    const { delay, maxDelay } = this.#retry;
    const again = attempts < this.#retry.attempts;
    this.#dueAt.set(sequence, again ? performance.now() + backOff(attempts, delay, maxDelay) : NEVER);
    return again;
  }

  /**
   * The request that a try of the sequence answers when it fails: one that has come since the last look is not among
   * those.
   */
  answers(sequence: string): AnsweredRetry | undefined {
    const retry = this.#asked.get(sequence);
    return retry === undefined ? undefined : { sequence, retry };
  }

  free(sequence: string): void {
    this.#dueAt.delete(sequence);
    this.#asked.delete(sequence);
  }

  /** The sequences whose time has come. */
  due(): string[] {
    const now = performance.now();
    return [...this.#dueAt].filter(([, at]) => at <= now).map(([sequence]) => sequence);
  }

  /** Milliseconds until one is due; undefined when none will be. */
  get nextDue(): number | undefined {
    const next = Math.min(NEVER, ...this.#dueAt.values());
    return next === NEVER ? undefined : Math.max(0, next - performance.now());
  }

  /** Parked by somebody else: its tries go on where they were. */
  async #found(sequence: string): Promise<void> {
    const [first] = await this.letters.list(this.name, { sequence, limit: 1 });
    if (first) this.#dueAt.set(sequence, first.attempts < this.#retry.attempts ? 0 : NEVER);
  }
}

import { Mutex } from '../../concurrency';

/** Version polling interval while versions change, in milliseconds; an answer is reused for as long. */
export const VERSION_POLL_INTERVAL_MS = 250;
/** Version polling interval while only the active version of this code is there, in milliseconds. */
export const CALM_VERSION_POLL_INTERVAL_MS = 1000;

/** Polls for versions, and also on request; one query at a time. */
export class RepeatedLooks {
  readonly #ending = new AbortController();
  #loop: Promise<void> | undefined;
  readonly #turns = new Mutex();
  /** Ends the pause before the next poll. */
  #wake = (): void => undefined;

  constructor(
    private readonly look: () => Promise<void>,
    /** Called with each failure, and the number of failures in a row. */
    private readonly failed: (error: unknown, failures: number) => void,
    /** Resolves when the next look is due, or when the signal is aborted. */
    private readonly beat: (signal: AbortSignal) => Promise<void>,
  ) {}

  /** Aborted when polling ends. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Starts polling in the background. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Polls once, after all that was requested before. */
  now(): Promise<void> {
    return this.#turns.take(() => (this.ending.aborted ? undefined : this.look()));
  }

  /** Skips the pause before the next poll. */
  hurry(): void {
    this.#wake();
  }

  /** Resolves when the last poll is over. */
  async end(): Promise<void> {
    this.#ending.abort();
    this.#wake();
    await this.#loop;
    await this.#turns.over();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.ending.aborted; ) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      try {
        await this.now();
        failures = 0;
      } catch (error) {
        this.failed(error, ++failures);
      }
      if (!this.ending.aborted) await this.beat(woken.signal);
    }
  }
}

import { Mutex, pause } from '../../concurrency';

/** How often it is looked which versions there are, and for how long that is believed, in milliseconds. */
export const VERSION_POLL_INTERVAL_MS = 250;

/** Looks for versions again and again, and whenever it is asked to: one look after the other. */
export class RepeatedLooks {
  readonly #ending = new AbortController();
  #loop: Promise<void> | undefined;
  readonly #turns = new Mutex();
  /** Ends the pause before the next look. */
  #wake = (): void => undefined;

  constructor(
    private readonly look: () => Promise<void>,
    /** Is told of each failure, and how many there were one after the other. */
    private readonly failed: (error: unknown, failures: number) => void,
  ) {}

  /** Aborted when no look follows any more. */
  get ending(): AbortSignal {
    return this.#ending.signal;
  }

  /** Begins to look, in the background. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Looks once, after those that were asked for before. */
  now(): Promise<void> {
    return this.#turns.take(() => (this.ending.aborted ? undefined : this.look()));
  }

  /** Has the next look come at once. */
  hurry(): void {
    this.#wake();
  }

  /** Resolves when the last look is over. */
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
      if (!this.ending.aborted) await pause(VERSION_POLL_INTERVAL_MS, woken.signal);
    }
  }
}

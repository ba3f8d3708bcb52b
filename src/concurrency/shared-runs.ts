/** Does a piece of work once at a time. A run that rejects does so only for the callers that asked for it. */
export class SharedRuns {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  /** Resolves when a run has ended that started after the call: all callers during a run share the next one. */
  run(): Promise<void> {
    if (!this.#running) {
      this.#running = this.work().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    const again = (): Promise<void> => {
      this.#next = undefined;
      return this.run();
    };
    this.#next ??= this.#running.then(again, again);
    return this.#next;
  }
}

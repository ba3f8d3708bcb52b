/** Does a piece of work once at a time. It must not reject. */
export class SharedRuns {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(private readonly work: () => Promise<void>) {}

  /** Resolves when a run has ended that began after the call: all who ask while one is under way share the next. */
  run(): Promise<void> {
    if (!this.#running) {
      this.#running = this.work().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.run();
    });
    return this.#next;
  }
}

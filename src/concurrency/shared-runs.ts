/** Does a piece of work once at a time. A run that rejects does so for those who asked for it, and for no one else. */
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
    const again = (): Promise<void> => {
      this.#next = undefined;
      return this.run();
    };
    this.#next ??= this.#running.then(again, again);
    return this.#next;
  }
}

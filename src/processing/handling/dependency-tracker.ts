/** Finds out which read models some work reads. */
export class DependencyTracker {
  readonly #recording = new Set<Set<string>>();

  /** Records that a read model is read, for all work that is being recorded. */
  readonly touch = (name: string): void => {
    for (const touched of this.#recording) touched.add(name);
  };

  /**
   * Runs work and adds to `touched` the names of the read models that were read meanwhile, including those read by
   * others at the same time. Telling these apart would slow down every promise of the process; an extra name costs only
   * a query.
   */
  async record<T>(touched: Set<string>, work: () => Promise<T>): Promise<T> {
    this.#recording.add(touched);
    try {
      return await work();
    } finally {
      this.#recording.delete(touched);
    }
  }
}

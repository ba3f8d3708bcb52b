/** Finds out which read models a piece of work reads. */
export class DependencyTracker {
  readonly #recording = new Set<Set<string>>();

  /** Records that a read model is read, for all work that is being recorded. */
  readonly touch = (name: string): void => {
    for (const touched of this.#recording) touched.add(name);
  };

  /**
   * Runs work and adds to `touched` the names of the read models that were read meanwhile. What others read at the same
   * time is among them: to know who read costs each promise of the process something, and a name too many costs only a
   * look.
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

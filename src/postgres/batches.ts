/** How jobs are put together. */
export interface BatchRules<Job> {
  /** How many batches may be on their way at once. */
  readonly lanes: number;
  /** Tells whether a job may join the batch; a batch of one is always allowed. */
  hasRoom(batch: readonly Job[], job: Job): boolean;
  /** Carries a batch out. It settles every job and never rejects. */
  run(batch: readonly Job[]): Promise<void>;
}

/**
 * Carries jobs out in batches. A lone job sets out in the same turn of the event loop; what comes while all lanes are taken goes together
 * in the next batch, in the order in which it came.
 */
export class Batches<Job> {
  readonly #queue: Job[] = [];
  readonly #rules: BatchRules<Job>;
  #onTheirWay = 0;
  #scheduled = false;

  constructor(rules: BatchRules<Job>) {
    this.#rules = rules;
  }

  add(job: Job): void {
    this.#queue.push(job);
    this.#schedule();
  }

  // At the end of the turn, not at once: whoever was answered by the last batch has asked again by then.
  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0 || this.#onTheirWay >= this.#rules.lanes) return;
    this.#scheduled = true;
    setImmediate(() => void this.#start());
  }

  async #start(): Promise<void> {
    this.#scheduled = false;
    const batch = this.#nextBatch();
    this.#onTheirWay++;
    this.#schedule();
    await this.#rules.run(batch);
    this.#onTheirWay--;
    this.#schedule();
  }

  #nextBatch(): Job[] {
    const batch = [this.#queue[0]!];
    while (batch.length < this.#queue.length && this.#rules.hasRoom(batch, this.#queue[batch.length]!)) {
      batch.push(this.#queue[batch.length]!);
    }
    this.#queue.splice(0, batch.length);
    return batch;
  }
}

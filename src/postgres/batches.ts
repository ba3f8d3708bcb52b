/** How jobs are put together. */
export interface BatchRules<Job> {
  /** How many batches may be on their way at once. */
  readonly lanes: number;
  /** How many jobs a batch takes before others are left to another lane. */
  readonly enough: number;
  /** Tells whether a job must wait until a batch has come back. Asked only while one is on its way. */
  mustWait?(job: Job): boolean;
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
    setImmediate(() => this.#start());
  }

  // All lanes that are free at once: in another turn one of them could have come back, and what is left would be divided again.
  #start(): void {
    this.#scheduled = false;
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) void this.#carryOut(batch);
  }

  async #carryOut(batch: readonly Job[]): Promise<void> {
    this.#onTheirWay++;
    await this.#rules.run(batch);
    this.#onTheirWay--;
    this.#schedule();
  }

  /** Takes jobs in the order in which they came, as many as leave something for the lanes that are free. */
  #nextBatch(): Job[] {
    const batch: Job[] = [];
    const free = this.#rules.lanes - this.#onTheirWay;
    if (free === 0) return batch;
    const most = Math.max(Math.ceil(this.#queue.length / free), this.#rules.enough);
    for (const job of this.#queue) {
      if (batch.length === most || (this.#onTheirWay > 0 && this.#rules.mustWait?.(job))) break;
      if (batch.length > 0 && !this.#rules.hasRoom(batch, job)) break;
      batch.push(job);
    }
    this.#queue.splice(0, batch.length);
    return batch;
  }
}

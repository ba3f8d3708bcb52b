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
    setImmediate(() => void this.#start());
  }

  async #start(): Promise<void> {
    this.#scheduled = false;
    const batch = this.#nextBatch();
    if (batch.length === 0) return;
    this.#onTheirWay++;
    const carriedOut = this.#rules.run(batch);
    this.#schedule();
    await carriedOut;
    this.#onTheirWay--;
    this.#schedule();
  }

  /** Takes jobs in the order in which they came, as many as leave something for the lanes that are free. */
  #nextBatch(): Job[] {
    const share = Math.ceil(this.#queue.length / (this.#rules.lanes - this.#onTheirWay));
    const most = Math.max(share, this.#rules.enough);
    const batch: Job[] = [];
    for (const job of this.#queue) {
      if (batch.length === most || (this.#onTheirWay > 0 && this.#rules.mustWait?.(job))) break;
      if (batch.length > 0 && !this.#rules.hasRoom(batch, job)) break;
      batch.push(job);
    }
    this.#queue.splice(0, batch.length);
    return batch;
  }
}

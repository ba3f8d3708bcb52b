/** How jobs are put together. */
export interface BatchRules<Job> {
  /** How many batches may be on their way at once. */
  readonly maxConcurrent: number;
  /**
   * How long a batch is waited for before another one sets out beside it, in milliseconds: one large batch costs less
   * than two small ones. 0: it is not waited for.
   */
  readonly maxWait: number;
  /** Tells whether a job must wait until a batch has come back. Asked only while one is on its way. */
  mustWait?(job: Job): boolean;
  /** Tells whether a job may join the batch; a batch of one is always allowed. */
  hasRoom(batch: readonly Job[], job: Job): boolean;
  /**
   * Tells whether so many jobs set out as two halves when all who ask do so in step: no other came while the last batch
   * was on its way. The halves set out together, and those that the first one answers go on while the second one
   * comes in. Default: never.
   */
  halves?(jobs: number): boolean;
  /** Carries a batch out. Never rejects; returns what settles its jobs. */
  run(batch: readonly Job[]): Promise<() => void>;
}

/**
 * Carries jobs out in batches. A lone job sets out in the same turn of the event loop; what comes while a batch is on
 * its way goes together in the next one, in the order in which it came.
 */
export class Batches<Job> {
  readonly #queue: Job[] = [];
  readonly #rules: BatchRules<Job>;
  #onTheirWay = 0;
  /** The batch that the next one waits for, and the timer that ends this wait; only set while jobs wait. */
  #waitedFor: readonly Job[] | undefined;
  #waitTimer: NodeJS.Timeout | undefined;
  #scheduled = false;
  /** Whether no job was waiting when the last batch came back. */
  #inStep = false;

  constructor(rules: BatchRules<Job>) {
    this.#rules = rules;
  }

  /** Whether a batch is on its way, or jobs wait for one. */
  get busy(): boolean {
    return this.#onTheirWay > 0 || this.#queue.length > 0;
  }

  add(job: Job): void {
    this.#queue.push(job);
    this.#schedule();
  }

  // At the end of the turn, not at once: callers that the last batch answered have added their next jobs by then.
  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0 || this.#onTheirWay >= this.#rules.maxConcurrent) return;
    if (this.#waitedFor) {
      this.#waitTimer ??= setTimeout(() => {
        this.#waitNoMore();
        this.#schedule();
      }, this.#rules.maxWait);
      return;
    }
    this.#scheduled = true;
    setImmediate(() => this.#start());
  }

  #start(): void {
    this.#scheduled = false;
    if (this.#inStep && this.#onTheirWay === 0 && this.#rules.halves?.(this.#queue.length)) {
      void this.#carryOut(this.#nextBatch(this.#queue.length / 2));
      this.#waitedFor = undefined;
    }
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) void this.#carryOut(batch);
  }

  async #carryOut(batch: readonly Job[]): Promise<void> {
    this.#onTheirWay++;
    if (this.#rules.maxWait > 0) this.#waitedFor = batch;
    const settle = await this.#rules.run(batch);
    this.#onTheirWay--;
    if (this.#waitedFor === batch) this.#waitNoMore();
    this.#inStep = this.#queue.length === 0;
    // A batch of about the same size sets out before the answers are worked on; few would go better with those who ask
    // again.
    if (!this.#scheduled && this.#queue.length * 2 >= batch.length) this.#start();
    settle();
    this.#schedule();
  }

  #waitNoMore(): void {
    clearTimeout(this.#waitTimer);
    this.#waitTimer = undefined;
    this.#waitedFor = undefined;
  }

  /** Takes jobs in the order in which they came, as many as may go together. */
  #nextBatch(most = Number.POSITIVE_INFINITY): Job[] {
    const batch: Job[] = [];
    if (this.#waitedFor || this.#onTheirWay >= this.#rules.maxConcurrent) return batch;
    for (const job of this.#queue) {
      if (this.#onTheirWay > 0 && this.#rules.mustWait?.(job)) break;
      if (batch.length >= most || (batch.length > 0 && !this.#rules.hasRoom(batch, job))) break;
      batch.push(job);
    }
    this.#queue.splice(0, batch.length);
    return batch;
  }
}

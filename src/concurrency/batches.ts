/** How to group jobs into batches. */
export interface BatchRules<Job> {
  /** How many batches may run at once. */
  readonly maxConcurrent: number;
  /**
   * How long to wait for a running batch before another one starts beside it, in milliseconds: one large batch costs
   * less than two small ones. 0: no wait.
   */
  readonly maxWait: number;
  /** Tells whether a job must wait until a running batch has completed. Called only while one is running. */
  mustWait?(job: Job): boolean;
  /** Tells whether a job may join the batch; a batch of one is always allowed. */
  hasRoom(batch: readonly Job[], job: Job): boolean;
  /**
   * Tells whether so many jobs start as two halves when callers work in step, that is, no other job arrived while the
   * last batch ran. The halves start together, and callers that the first half answers continue while the second
   * completes. Default: never.
   */
  halves?(jobs: number): boolean;
  /** Runs a batch. Never rejects; returns a function that settles its jobs. */
  run(batch: readonly Job[]): Promise<() => void>;
}

/**
 * Runs jobs in batches. A lone job starts in the same turn of the event loop; jobs that arrive while a batch runs go
 * together into the next one, in their order.
 */
export class Batches<Job> {
  readonly #queue: Job[] = [];
  readonly #rules: BatchRules<Job>;
  #onTheirWay = 0;
  /** The batch that the next one waits for, and the timer that ends the wait; only set while jobs wait. */
  #waitedFor: readonly Job[] | undefined;
  #waitTimer: NodeJS.Timeout | undefined;
  #scheduled = false;
  /** Whether no job was waiting when the last batch completed. */
  #inStep = false;

  constructor(rules: BatchRules<Job>) {
    this.#rules = rules;
  }

  /** Whether a batch is running, or jobs wait for one. */
  get busy(): boolean {
    return this.#onTheirWay > 0 || this.#queue.length > 0;
  }

  add(job: Job): void {
    this.#queue.push(job);
    this.#schedule();
  }

  // At the end of the turn: by then callers that the last batch answered have added their next jobs.
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
    // A batch of about the same size starts before the answers are processed; a small one had better wait for callers
    // that ask again.
    if (!this.#scheduled && this.#queue.length * 2 >= batch.length) this.#start();
    settle();
    this.#schedule();
  }

  #waitNoMore(): void {
    clearTimeout(this.#waitTimer);
    this.#waitTimer = undefined;
    this.#waitedFor = undefined;
  }

  /** Takes jobs in their order, as many as may go together. */
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

import { setImmediate, setTimeout } from 'node:timers';
import type { AppendOutcome } from '../../../store';
import { isLocked, resultCode } from '../connection/result-code';
import type { AppendRequest } from './append-request';
import type { WriteResult } from './append-writer';

/** What group commit needs of a store. */
export interface GroupCommitTarget {
  readonly busyTimeout: number;
  /** Writes requests in one transaction: all results hold, or it throws and nothing was written. */
  write(requests: readonly AppendRequest[]): WriteResult[];
  /** Called after each transaction, before its appends are answered. */
  written(): void;
  /** Does work at once, or when it is this process's turn to write. */
  inTurn(work: () => void): void;
  /** Says what an error of the driver means. */
  failureOf(error: unknown): unknown;
}

interface Waiting {
  readonly request: AppendRequest;
  settle(outcome: AppendOutcome): void;
  fail(error: unknown): void;
  /** When the file was found locked for the first time. */
  lockedSince?: number;
}

const MAX_BATCH_EVENTS = 1000;
const LOCKED_PAUSE_MS = 1;
/**
 * What one request may have brought about; all other failures are those of the file, and would meet each request again.
 */
const REFUSALS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'SQLITE_TOOBIG',
  'SQLITE_CONSTRAINT',
  'SQLITE_MISMATCH',
]);

/**
 * Lets the appends that were asked for in one turn of the event loop share a transaction, and with it the wait for the
 * disk. A lone append does not wait. While another process holds the lock, they wait outside of SQLite: the process
 * goes on.
 */
export class GroupCommit {
  #waiting: Waiting[] = [];
  #scheduled = false;
  #drained: (() => void)[] = [];

  constructor(private readonly target: GroupCommitTarget) {}

  append(request: AppendRequest): Promise<AppendOutcome> {
    return new Promise((settle, fail) => {
      this.#waiting.push({ request, settle, fail });
      if (!this.#scheduled) this.#schedule();
    });
  }

  /** Resolves when all that was asked for is answered. */
  drained(): Promise<void> {
    return new Promise(resolve => {
      if (this.#scheduled) this.#drained.push(resolve);
      else resolve();
    });
  }

  #schedule(pause = 0): void {
    this.#scheduled = true;
    if (pause > 0) setTimeout(() => this.target.inTurn(() => this.#next()), pause);
    else setImmediate(() => this.target.inTurn(() => this.#next()));
  }

  #next(): void {
    const locked = this.#write(this.#nextBatch());
    this.#scheduled = false;
    if (this.#waiting.length > 0) this.#schedule(locked ? LOCKED_PAUSE_MS + Math.random() : 0);
    else for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Takes what goes together. There is a limit, so that no transaction holds the process up for long. */
  #nextBatch(): Waiting[] {
    let events = 0;
    let count = 0;
    while (count < this.#waiting.length) {
      events += this.#waiting[count]!.request.eventCount;
      if (count > 0 && events > MAX_BATCH_EVENTS) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /**
   * Writes a batch and answers it; returns true when the file was locked and those that may still wait are back in the
   * queue.
   */
  #write(batch: readonly Waiting[]): boolean {
    try {
      const results = this.target.write(batch.map(({ request }) => request));
      this.target.written();
      for (const [index, waiting] of batch.entries()) answer(waiting, results[index]!);
      return false;
    } catch (error) {
      if (isLocked(error)) return this.#wait(batch, error);
      if (batch.length > 1 && REFUSALS.has(resultCode(error))) return this.#writeEach(batch);
      const failure = this.target.failureOf(error);
      for (const waiting of batch) waiting.fail(failure);
      return false;
    }
  }

  /** So that what SQLite refuses fails alone. */
  #writeEach(batch: readonly Waiting[]): boolean {
    for (const [index, waiting] of batch.entries()) {
      if (!this.#write([waiting])) continue;
      this.#waiting.splice(1, 0, ...batch.slice(index + 1));
      return true;
    }
    return false;
  }

  #wait(batch: readonly Waiting[], error: unknown): boolean {
    const now = performance.now();
    const patient: Waiting[] = [];
    for (const waiting of batch) {
      waiting.lockedSince ??= now;
      if (now - waiting.lockedSince < this.target.busyTimeout) patient.push(waiting);
      else waiting.fail(this.target.failureOf(error));
    }
    this.#waiting = [...patient, ...this.#waiting];
    return patient.length > 0;
  }
}

function answer({ settle, fail }: Waiting, result: WriteResult): void {
  if (result instanceof Error) fail(result);
  else settle(result);
}

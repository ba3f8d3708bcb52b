import type { AppendOutcome } from '../../../store';
import { isLocked, resultCode } from '../connection/result-code';
import type { AppendRequest } from './append-request';
import type { WriteResult } from './append-writer';

/** Where batches are written. */
export interface BatchTarget {
  readonly busyTimeout: number;
  /** Writes requests in one transaction: all results hold, or it throws and nothing was written. */
  write(requests: readonly AppendRequest[]): WriteResult[];
  /** Called after each transaction, before its appends are answered. */
  written(): void;
  /** Says what an error of the driver means. */
  failureOf(error: unknown): unknown;
}

/** An append that a caller awaits. */
export interface Waiting {
  readonly request: AppendRequest;
  settle(outcome: AppendOutcome): void;
  fail(error: unknown): void;
  /** When the file was first found locked. */
  lockedSince?: number;
}

/** Failures that one request can cause by itself; every other failure concerns the file, and would hit each request. */
const REFUSALS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'SQLITE_TOOBIG',
  'SQLITE_CONSTRAINT',
  'SQLITE_MISMATCH',
]);

/** Writes batches of appends and answers their callers. */
export class BatchWriter {
  constructor(private readonly target: BatchTarget) {}

  /** Writes a batch; returns the requests that were not written because the file is locked, and may still wait. */
  write(batch: readonly Waiting[]): readonly Waiting[] {
    try {
      const results = this.target.write(batch.map(({ request }) => request));
      this.target.written();
      for (const [index, waiting] of batch.entries()) answer(waiting, results[index]!);
      return [];
    } catch (error) {
      if (isLocked(error)) return this.#patient(batch, error);
      if (batch.length > 1 && REFUSALS.has(resultCode(error))) return this.#writeEach(batch);
      const failure = this.target.failureOf(error);
      for (const waiting of batch) waiting.fail(failure);
      return [];
    }
  }

  /** Writes each request by itself, so that only the one that SQLite refuses fails. */
  #writeEach(batch: readonly Waiting[]): readonly Waiting[] {
    for (const [index, waiting] of batch.entries()) {
      const locked = this.write([waiting]);
      if (locked.length > 0) return [...locked, ...batch.slice(index + 1)];
    }
    return [];
  }

  /** Returns those that may still wait for the lock, and fails the others. */
  #patient(batch: readonly Waiting[], error: unknown): readonly Waiting[] {
    const now = performance.now();
    return batch.filter(waiting => {
      waiting.lockedSince ??= now;
      if (now - waiting.lockedSince < this.target.busyTimeout) return true;
      waiting.fail(this.target.failureOf(error));
      return false;
    });
  }
}

function answer({ settle, fail }: Waiting, result: WriteResult): void {
  if (result instanceof Error) fail(result);
  else settle(result);
}

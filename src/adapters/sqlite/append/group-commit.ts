import { setImmediate, setTimeout } from 'node:timers';
import type { AppendOutcome } from '../../../store';
import { APPEND_PAUSE_MS } from '../connection/retry';
import type { AppendRequest } from './append-request';
import type { BatchWriter, Waiting } from './batch-writer';

const MAX_BATCH_EVENTS = 1000;

/**
 * Lets the appends of one turn of the event loop share a transaction, and one wait for the disk. A lone append is not
 * delayed. While another process holds the lock, appends wait outside SQLite, so that the event loop is not blocked.
 */
export class GroupCommit {
  #waiting: Waiting[] = [];
  #scheduled = false;
  #drained: (() => void)[] = [];

  /** `inTurn` runs work immediately, or when it is this process's turn to write. */
  constructor(
    private readonly writer: BatchWriter,
    private readonly inTurn: (work: () => void) => void,
  ) {}

  append(request: AppendRequest): Promise<AppendOutcome> {
    return new Promise((settle, fail) => {
      this.#waiting.push({ request, settle, fail });
      if (!this.#scheduled) this.#schedule();
    });
  }

  /** Resolves when every append requested so far is answered. */
  drained(): Promise<void> {
    return new Promise(resolve => {
      if (this.#scheduled) this.#drained.push(resolve);
      else resolve();
    });
  }

  #schedule(pause = 0): void {
    this.#scheduled = true;
    if (pause > 0) setTimeout(() => this.inTurn(() => this.#next()), pause);
    else setImmediate(() => this.inTurn(() => this.#next()));
  }

  #next(): void {
    const locked = this.writer.write(this.#nextBatch());
    if (locked.length > 0) this.#waiting = [...locked, ...this.#waiting];
    this.#scheduled = false;
    if (this.#waiting.length > 0) this.#schedule(locked.length > 0 ? APPEND_PAUSE_MS + Math.random() : 0);
    else for (const resolve of this.#drained.splice(0)) resolve();
  }

  /** Takes the next batch, which is limited so that no transaction blocks the event loop for long. */
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
}

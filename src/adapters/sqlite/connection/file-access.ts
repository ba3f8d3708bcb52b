import { TransactionMutex } from '../../../store';
import { IN_MEMORY } from './options';
import { whenUnlocked } from './retry';

/**
 * Decides who in this process uses the file when. A transaction that takes several turns of the event loop has a
 * connection of its own, and is alone in writing; others write when its turn is over. Readers do not wait, unless there
 * is no file: then there is one connection only.
 */
export class FileAccess {
  readonly #turns = new TransactionMutex();

  constructor(
    private readonly settings: { readonly file: string; readonly busyTimeout: number },
    private readonly refuseWhenClosed: () => void,
  ) {}

  /**
   * Whether the caller is part of a transaction on the only connection that there is, where there is no file: it reads
   * in that transaction, and sees what was written there so far.
   */
  get inOpenTransaction(): boolean {
    return this.settings.file === IN_MEMORY && this.#turns.inside;
  }

  /** Reads, and tries again while another process has the file locked. */
  async read<T>(work: () => T, signal?: AbortSignal): Promise<T> {
    const waits = this.settings.file === IN_MEMORY && !this.inOpenTransaction;
    return this.#patiently(waits ? () => this.#turns.pass(work) : work, signal);
  }

  /** Writes, after the transactions that are under way, and tries again while another process has the file locked. */
  async write<T>(work: () => T): Promise<T> {
    return this.#patiently(() => this.#turns.pass(work));
  }

  /** Writes what was accepted, even if the store is closed meanwhile: `close()` waits for it. */
  async finish<T>(work: () => T): Promise<T> {
    this.refuseWhenClosed();
    return whenUnlocked(this.settings, () => this.#turns.pass(work));
  }

  /** Works alone. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    this.refuseWhenClosed();
    return this.#turns.alone(work);
  }

  /** @throws InsideTransactionError when the caller is part of a transaction: writing would wait for its end */
  refuseInside(): Promise<void> {
    return this.#turns.refuseInside();
  }

  /** Whether a transaction has the turn. */
  get busy(): boolean {
    return this.#turns.taken;
  }

  /** Does what takes no time, at once or after the transactions that are under way. */
  inTurn(work: () => void): void {
    if (this.#turns.taken) void this.#turns.take(work);
    else work();
  }

  /** Resolves when all that were waiting are done. */
  async over(): Promise<void> {
    await this.#turns.over();
  }

  #patiently<T>(work: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    const mayGoOn = (): void => {
      signal?.throwIfAborted();
      this.refuseWhenClosed();
    };
    mayGoOn();
    return whenUnlocked(this.settings, work, mayGoOn);
  }
}

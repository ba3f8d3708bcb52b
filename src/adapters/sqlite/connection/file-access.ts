import { TransactionMutex } from '../../../store';
import { IN_MEMORY } from './options';
import { whenUnlocked } from './retry';

/**
 * Coordinates access to the file within this process. A transaction that takes several turns of the event loop has a
 * connection of its own and is the only writer; other writes wait for its end. Readers do not wait, except for a
 * database in memory, which has only one connection.
 */
export class FileAccess {
  readonly #turns = new TransactionMutex();

  constructor(
    private readonly settings: { readonly file: string; readonly busyTimeout: number },
    private readonly refuseWhenClosed: () => void,
  ) {}

  /**
   * Whether the caller is part of a transaction on the only connection of a database in memory: it reads in that
   * transaction, and sees what was written there so far.
   */
  get inOpenTransaction(): boolean {
    return this.settings.file === IN_MEMORY && this.#turns.inside;
  }

  /** Reads, and retries while another process has locked the file. */
  async read<T>(work: () => T, signal?: AbortSignal): Promise<T> {
    const waits = this.settings.file === IN_MEMORY && !this.inOpenTransaction;
    return this.#patiently(waits ? () => this.#turns.pass(work) : work, signal);
  }

  /** Writes after the transactions in progress, and retries while another process has locked the file. */
  async write<T>(work: () => T): Promise<T> {
    return this.#patiently(() => this.#turns.pass(work));
  }

  /** Writes what was accepted even if the store is closed meanwhile: `close()` waits for it. */
  async finish<T>(work: () => T): Promise<T> {
    this.refuseWhenClosed();
    return whenUnlocked(this.settings, () => this.#turns.pass(work));
  }

  /** Runs work alone. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    this.refuseWhenClosed();
    return this.#turns.alone(work);
  }

  /** @throws InsideTransactionError when the caller is part of a transaction: its write would wait for its own end */
  refuseInside(): Promise<void> {
    return this.#turns.refuseInside();
  }

  /** Whether a transaction is running or waiting. */
  get busy(): boolean {
    return this.#turns.taken;
  }

  /** Runs synchronous work, immediately or after the transactions in progress. */
  inTurn(work: () => void): void {
    if (this.#turns.taken) void this.#turns.take(work);
    else work();
  }

  /** Resolves when no work is running or waiting. */
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

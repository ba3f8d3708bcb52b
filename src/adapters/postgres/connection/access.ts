import { abortable, InFlight } from '../../../concurrency';
import { StoreClosedError } from '../../../store';
import type { Database } from './database';
import type { PostgresSettings } from './options';
import type { Ask } from './statement';

/**
 * Decides when the parts of a store may query the database: after its start, which the first query triggers, and before
 * its end, which waits for work in progress.
 */
export class Access {
  readonly #database: Database;
  readonly #inFlight = new InFlight();
  #starting: Promise<void> | undefined;
  #started = false;
  #closed = false;

  constructor(
    database: Database,
    private readonly start: (database: Database) => Promise<void>,
  ) {
    this.#database = database;
  }

  get settings(): PostgresSettings {
    return this.#database.settings;
  }

  get started(): boolean {
    return this.#started;
  }

  /** Queries until there is an answer, for queries that may safely run twice. @throws StoreClosedError */
  readonly ask: Ask = (statement, values) => this.run(({ ask }) => ask(statement, values));

  /** Runs work that queries the database; the signal ends the wait for it. @throws StoreClosedError */
  async run<T>(work: (database: Database) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.refuseWhenClosed();
    return this.during(
      abortable(
        this.afterStart(() => work(this.#database)),
        signal,
      ),
    );
  }

  /** Counts accepted work, so that {@link close} waits for it. */
  during<T>(work: Promise<T>): Promise<T> {
    return this.#inFlight.during(work);
  }

  afterStart<T>(work: () => Promise<T>): Promise<T> {
    return this.#started ? work() : this.ready().then(work);
  }

  /** Starts once, or again after a failed start. @throws what the start throws */
  ready(): Promise<void> {
    this.#starting ??= this.start(this.#database).then(
      () => {
        this.#started = true;
      },
      error => {
        this.#starting = undefined;
        throw error;
      },
    );
    return this.#starting;
  }

  /** Makes the next call check the store as the first one did. */
  restart(): void {
    this.#started = false;
    this.#starting = undefined;
  }

  /** @throws StoreClosedError */
  refuseWhenClosed(): void {
    if (this.#closed) throw new StoreClosedError();
  }

  /** Refuses further calls, and resolves when no work is in progress. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#inFlight.idle();
  }
}

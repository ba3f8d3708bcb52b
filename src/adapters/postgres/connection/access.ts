import { abortable, InFlight } from '../../../concurrency';
import { StoreClosedError } from '../../../store';
import type { Database } from './database';
import type { PostgresSettings } from './options';
import type { Ask } from './statement';

/**
 * Decides when the parts of a store may ask the database: after its start, which the first of them brings about, and
 * not after its end, which waits for what is under way.
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

  /** Asks until there is an answer: for what may happen twice without harm. @throws StoreClosedError */
  readonly ask: Ask = (statement, values) => this.run(({ ask }) => ask(statement, values));

  /** Runs work that asks the database, of which the signal ends the wait. @throws StoreClosedError */
  async run<T>(work: (database: Database) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.refuseWhenClosed();
    return this.during(
      abortable(
        this.afterStart(() => work(this.#database)),
        signal,
      ),
    );
  }

  /** Counts work that was accepted, so that {@link close} waits for it. */
  during<T>(work: Promise<T>): Promise<T> {
    return this.#inFlight.during(work);
  }

  afterStart<T>(work: () => Promise<T>): Promise<T> {
    return this.#started ? work() : this.ready().then(work);
  }

  /** Starts once; after a start that failed, again. @throws what the start throws */
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

  /** Has the next call check the store as the first one did. */
  restart(): void {
    this.#started = false;
    this.#starting = undefined;
  }

  /** @throws StoreClosedError */
  refuseWhenClosed(): void {
    if (this.#closed) throw new StoreClosedError();
  }

  /** Refuses what comes, and resolves when nothing is under way. */
  close(): Promise<void> {
    this.#closed = true;
    return this.#inFlight.idle();
  }
}

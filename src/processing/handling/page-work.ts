import { isPromise } from '../../concurrency';
import type { RecordedEvent } from '../../messages';
import type { TransactionWork } from '../../store';
import { type Thrown, thrownBy } from './thrown';

/** How much of an event's work has been run where it cannot be undone, by the event's position. */
export type RunForGood = Map<bigint, number>;

/**
 * The SQL of the user's own that the handlers of a page have asked for. It keeps what that has thrown, so that an error
 * counts as the user's, whatever it looks like, and not as one of the store.
 */
export class PageWork {
  readonly #work: { readonly event: RecordedEvent; readonly run: TransactionWork }[] = [];
  #mark = 0;
  #failure: (Thrown & { readonly event: RecordedEvent }) | undefined;

  /** @param runForGood outlives the page, which may have to be handled again */
  constructor(private readonly runForGood: RunForGood) {}

  /** Whether there is any. */
  get any(): boolean {
    return this.#work.length > 0;
  }

  add(event: RecordedEvent, work: TransactionWork): void {
    const before = this.#work.filter(each => each.event.position === event.position).length;
    this.#work.push({ event, run: client => this.#run(event, before, work, client) });
  }

  /** Later work can be undone. */
  begin(): void {
    this.#mark = this.#work.length;
  }

  /** Drops the work since `begin`. */
  undo(): void {
    this.#work.length = this.#mark;
  }

  /** Returns it for the commit. */
  forCommit(): TransactionWork[] {
    return this.#work.map(({ run }) => run);
  }

  /** Returns the event whose work has thrown this error; undefined for any other error. */
  eventOf(error: unknown): RecordedEvent | undefined {
    return this.#failure && Object.is(this.#failure.error, error) ? this.#failure.event : undefined;
  }

  /** Called after a successful commit: none of the work is run again. */
  committed(): void {
    if (this.runForGood.size > 0) for (const { event } of this.#work) this.runForGood.delete(event.position);
  }

  #run(event: RecordedEvent, before: number, work: TransactionWork, client: unknown): unknown {
    // A store without a client has no transaction, and a rollback undoes nothing of the work.
    if (client === undefined && (this.runForGood.get(event.position) ?? 0) > before) return undefined;
    const failed = (error: unknown): never => {
      this.#failure = { ...thrownBy(error), event };
      throw error;
    };
    const done = (): void => {
      if (client === undefined) this.runForGood.set(event.position, before + 1);
    };
    this.#failure = undefined;
    try {
      const result = work(client);
      // Returned as a promise and not awaited, because not every store can wait.
      if (isPromise(result)) return Promise.resolve(result).then(done, failed);
      done();
      return undefined;
    } catch (error) {
      return failed(error);
    }
  }
}

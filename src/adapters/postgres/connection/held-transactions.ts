import { Batches } from '../../../concurrency';

const MAX_HELD = 3;

type Job = () => Promise<() => void>;

/**
 * Lets few transactions at a time keep a connection to themselves while a user's work is done: those that wait for
 * one checkpoint must not take the connections which the work of the one that holds it may need.
 */
export class HeldTransactions {
  readonly #waiting: Batches<Job>;

  constructor(maxConnections: number) {
    const maxConcurrent = Math.max(1, Math.min(MAX_HELD, Math.floor((maxConnections - 1) / 2)));
    this.#waiting = new Batches<Job>({ maxConcurrent, maxWait: 0, hasRoom: () => false, run: ([job]) => job!() });
  }

  /** Runs it as soon as there is room. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((settle, fail) => {
      this.#waiting.add(() =>
        work().then(
          result => () => settle(result),
          error => () => fail(error),
        ),
      );
    });
  }
}

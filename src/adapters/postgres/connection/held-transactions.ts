import { Batches } from '../../../concurrency';

const MAX_HELD = 3;

type Job = () => Promise<() => void>;

/**
 * Limits how many transactions keep a connection while user work runs. Transactions that wait for a checkpoint must not
 * take the connections that the work of its owner may need.
 */
export class HeldTransactions {
  readonly #waiting: Batches<Job>;

  constructor(maxConnections: number) {
    const maxConcurrent = Math.max(1, Math.min(MAX_HELD, Math.floor((maxConnections - 1) / 2)));
    this.#waiting = new Batches<Job>({ maxConcurrent, maxWait: 0, hasRoom: () => false, run: ([job]) => job!() });
  }

  /** Runs work as soon as there is room. */
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

import type { PostgresPool, PostgresPoolClient } from './driver';

/**
 * Borrows a client of a pool, and listens to it before anything else can happen: the server may say in one packet that
 * it is ready and that it ends the connection. A caller that awaits the pool's promise begins to listen too late for
 * that, and it ends the process.
 */
export function borrow(pool: PostgresPool): Promise<PooledClient> {
  return new Promise((resolve, reject) => {
    const connect = pool.connect as (callback: (error: unknown, client?: PostgresPoolClient) => void) => unknown;
    const promised = connect.call(pool, (error, client) =>
      error ? reject(error) : resolve(new PooledClient(client!)),
    );
    // `pg` returns nothing where it is given a callback; a pool of another make may know promises only.
    (promised as Promise<PostgresPoolClient> | undefined)?.then(client => resolve(new PooledClient(client)), reject);
  });
}

/** A client taken from the pool. */
export class PooledClient {
  readonly since = performance.now();
  /** Whether its connection was lost between two queries. */
  lost = false;
  // Without a listener such a loss would end the process. The next query fails, that is enough.
  readonly #onError = (): void => {
    this.lost = true;
  };

  constructor(readonly client: PostgresPoolClient) {
    client.on?.('error', this.#onError);
  }

  /** Gives it back for others to use; the pool itself ends one whose connection was lost. */
  giveBack(): void {
    if (!this.lost) this.client.removeListener?.('error', this.#onError);
    this.client.release(this.lost);
  }

  /** Ends the connection: what was begun on it ends with it. The listener stays: it may still fail. */
  end(error: unknown): void {
    this.client.release(error instanceof Error ? error : new Error(String(error)));
  }
}

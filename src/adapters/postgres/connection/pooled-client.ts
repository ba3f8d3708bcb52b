import type { PostgresPool, PostgresPoolClient } from './driver';

/**
 * Takes a client from a pool, and adds an error listener before anything else can happen: the server may announce in
 * one packet that it is ready and that it closes the connection. Callers that await the pool's promise add their
 * listener too late for that, and the process crashes.
 */
export function borrow(pool: PostgresPool): Promise<PooledClient> {
  return new Promise((resolve, reject) => {
    const connect = pool.connect as (callback: (error: unknown, client?: PostgresPoolClient) => void) => unknown;
    const promised = connect.call(pool, (error, client) =>
      error ? reject(error) : resolve(new PooledClient(client!)),
    );
    // `pg` returns nothing if it is given a callback; another pool may support only promises.
    (promised as Promise<PostgresPoolClient> | undefined)?.then(client => resolve(new PooledClient(client)), reject);
  });
}

/** A client taken from the pool. */
export class PooledClient {
  readonly since = performance.now();
  /** Whether the connection was lost between two queries. */
  lost = false;
  // Without a listener such a loss would crash the process. It is enough that the next query fails.
  readonly #onError = (): void => {
    this.lost = true;
  };

  constructor(readonly client: PostgresPoolClient) {
    client.on?.('error', this.#onError);
  }

  /** Returns the client to the pool, which closes a lost connection itself. */
  giveBack(): void {
    if (!this.lost) this.client.removeListener?.('error', this.#onError);
    this.client.release(this.lost);
  }

  /**
   * Closes the connection, and with it any open transaction. The listener stays, because the connection may still fail.
   */
  end(error: unknown): void {
    this.client.release(error instanceof Error ? error : new Error(String(error)));
  }
}

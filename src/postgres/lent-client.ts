import type { PostgresPool, PostgresPoolClient } from './driver';

/**
 * Borrows a client of a pool; `take` gets it before anything else can happen to it. The server may say in one packet that it is ready and that it ends
 * the connection: whoever awaits the pool's promise begins to listen too late for that, and it ends the process.
 */
export function borrow<T>(pool: PostgresPool, take: (client: PostgresPoolClient) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const lent: unknown = (pool.connect as WithCallback).call(pool, (error, client) => (error ? reject(error) : resolve(take(client!))));
    // A pool of another make that takes no callback.
    if (lent instanceof Promise) lent.then(client => resolve(take(client)), reject);
  });
}

type WithCallback = (callback: (error: unknown, client?: PostgresPoolClient) => void) => unknown;

const ignore = (): void => {};

/** A client that the pool has lent for a transaction. */
export class LentClient {
  constructor(readonly client: PostgresPoolClient) {
    // Without a listener a connection that is lost between two queries would end the process. The next query fails, that is enough.
    client.on?.('error', ignore);
  }

  /** Gives it back for others to use. */
  giveBack(): void {
    this.client.removeListener?.('error', ignore);
    this.client.release();
  }

  /** Ends the connection: what was begun on it ends with it. */
  end(error: unknown): void {
    this.client.release(error instanceof Error ? error : new Error(String(error)));
  }
}

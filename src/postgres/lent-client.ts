import type { PostgresPoolClient } from './driver';

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

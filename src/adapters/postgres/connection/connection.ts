import type { PostgresClient } from './driver';
import { type Ask, queryOf } from './statement';

/** A connection with a transaction open, on which what goes wrong comes as the driver says it. */
export class Connection {
  constructor(
    readonly client: PostgresClient,
    private readonly prepared: boolean,
  ) {}

  readonly ask: Ask = async (statement, values) =>
    (await this.client.query(queryOf(statement, values, { prepared: this.prepared }))).rows;

  /** Runs statements that have no values, and whose answer is of no interest. */
  async run(text: string): Promise<void> {
    await this.client.query({ text });
  }
}

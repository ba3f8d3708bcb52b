import type { PostgresClient } from './driver';
import { type Ask, queryOf } from './statement';

/** A connection with an open transaction, which passes on the driver's errors unchanged. */
export class Connection {
  constructor(
    readonly client: PostgresClient,
    private readonly prepared: boolean,
  ) {}

  readonly ask: Ask = async (statement, values) =>
    (await this.client.query(queryOf(statement, values, { prepared: this.prepared }))).rows;

  /** Runs statements without values, and ignores their answers. */
  async run(text: string): Promise<void> {
    await this.client.query({ text });
  }
}

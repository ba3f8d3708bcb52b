import type { RecordedEvent } from '../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  checkStream,
  type StreamAppend,
  type StreamName,
  type StreamPage,
  streamPage,
} from '../../store';
import { prepareUnit } from './append/append-request';
import type { AppendSender } from './append/append-sender';
import type { Database } from './connection/database';
import type { PostgresClient } from './connection/driver';
import { isOutsideTransaction } from './connection/failures';
import type { Ask } from './connection/statement';
import { PostgresTransactionError } from './errors';
import { streamEvents, streamStatement, streamValues } from './read/stream-reads';

/**
 * A store inside your transaction: its appends become visible when you commit, and are lost when you roll back.
 *
 * The order of events holds here too. The cost: from the first append on, subscribers wait for the end of the
 * transaction, because its positions come before those of later appends. Append last, and commit soon.
 */
export class PostgresTransaction {
  /** Made by `store.within(client)`. */
  constructor(
    private readonly database: Database,
    private readonly sender: AppendSender,
    private readonly client: PostgresClient,
  ) {}

  /**
   * Appends as `EventStore.append` does. A conflict is a value and leaves the transaction usable; an error of the
   * database ends it. Waits for other transactions that have appended to the same streams.
   * @throws PostgresTransactionError when no transaction is open, PostgresIsolationError, and what `EventStore.append`
   * throws
   */
  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    const unit = prepareUnit(appends, this.database.settings.maxPayloadBytes, options);
    await this.#refuseWithoutTransaction();
    return this.sender.sendWithin(this.#ask, unit);
  }

  /** Reads a page of a stream as the transaction sees it, its own appends included. @throws InvalidPageError */
  async read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    checkStream(stream);
    const request = { stream, ...streamPage(page) };
    const rows = await this.#ask(streamStatement(this.database.settings.names), streamValues(request));
    return streamEvents(rows, stream);
  }

  readonly #ask: Ask = (statement, values) => this.database.askOn(this.client, statement, values);

  /** If the driver does not tell (`pg` before 8.21), the server is asked: it locks a table only in a transaction. */
  async #refuseWithoutTransaction(): Promise<void> {
    if (this.client.getTransactionStatus) {
      if (this.client.getTransactionStatus() === 'I') throw new PostgresTransactionError();
      return;
    }
    const { names } = this.database.settings;
    try {
      await this.client.query({ text: `lock table ${names.of('streams')} in access share mode` });
    } catch (error) {
      throw isOutsideTransaction(error) ? new PostgresTransactionError() : this.database.translated(error);
    }
  }
}

import type { RecordedEvent } from '../../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type StreamAppend,
  type StreamName,
  type StreamPage,
  streamPage,
} from '../../../store';
import { appendStatement, batchResults, batchValues, type UnitResult } from '../append/append-batch';
import { appendClaimedStatement, sendClaimed } from '../append/append-claimed';
import { type AppendRequest, prepareUnit } from '../append/append-request';
import { StoredUnits } from '../append/stored-requests';
import { PostgresTransactionError } from '../errors';
import { streamEvents, streamStatement, streamValues } from '../read/stream-reads';
import type { Database, Row, Statement } from './database';
import type { PostgresClient } from './driver';
import { isOutsideTransaction } from './failures';

/**
 * A store inside a transaction of yours: what is appended is seen by others when you commit, and gone when you roll
 * back.
 *
 * The order of events holds here too, at a price: from the first append on, subscribers wait for the end of the
 * transaction, because the positions it has drawn come before those of later appends. Append last, and commit soon.
 */
export class PostgresTransaction {
  constructor(
    private readonly database: Database,
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
    return this.appendUnit(unit);
  }

  /** Where the driver does not tell (`pg` before 8.21) the server is asked: it locks a table in transactions only. */
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

  /** @internal */
  async appendUnit(unit: AppendRequest): Promise<AppendOutcome> {
    const { names, clock } = this.database.settings;
    let result: UnitResult = 'busy';
    // Having waited it is busy only when somebody made the stream in the very moment.
    while (result === 'busy') result = await this.#send(unit);
    if (typeof result !== 'string') return result;
    return new StoredUnits(names, clock).outcomeOf(unit, result, (question, values) => this.#ask(question, values));
  }

  async #send(unit: AppendRequest): Promise<UnitResult> {
    const { names, clock } = this.database.settings;
    const mode = { repeated: false, wait: true, now: clock?.now() };
    if (unit.command) {
      const [result] = await sendClaimed(appendClaimedStatement(names), [unit], mode, (question, values) =>
        this.#ask(question, values),
      );
      return result!;
    }
    const [row] = await this.#ask(appendStatement(names), batchValues([unit], mode));
    return batchResults(row!, [unit])[0]!;
  }

  #ask(question: Statement, values: unknown[]): Promise<readonly Row[]> {
    return this.database.askOn(this.client, question, values);
  }

  /** Reads a page of a stream as the transaction sees it, its own appends included. @throws InvalidPageError */
  async read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    const request = { stream, ...streamPage(page) };
    const rows = await this.database.askOn(
      this.client,
      streamStatement(this.database.settings.names),
      streamValues(request),
    );
    return streamEvents(rows, stream);
  }
}

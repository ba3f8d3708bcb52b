import type { RecordedEvent } from '../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type CommandJournal,
  checkStream,
  type EventStore,
  HistoryReplacedError,
  Inside,
  isWholeLog,
  type ListedStream,
  type ProjectionStore,
  type RestoreOutcome,
  readInSteps,
  refuseSubscribeOptions,
  type SnapshotStore,
  type StorePage,
  type StreamAppend,
  type StreamName,
  type StreamPage,
  type StreamsPage,
  type SubscribeOptions,
  SubscriberPages,
  Subscription,
  storePage,
  streamPage,
  streamsPage,
} from '../../store';
import { prepareUnit } from './append/append-request';
import { AppendSender } from './append/append-sender';
import { GroupCommit } from './append/group-commit';
import { PostgresCommands } from './append/postgres-commands';
import { restore } from './append/restore';
import { Access } from './connection/access';
import { Database } from './connection/database';
import { openPool, type PostgresClient } from './connection/driver';
import { failureKind, isCancelled } from './connection/failures';
import type { PostgresSettings } from './connection/options';
import { type Ask, type Statement, statement } from './connection/statement';
import { PostgresReplicaError, PostgresUnreachableError } from './errors';
import { PostgresTransaction } from './postgres-transaction';
import { PostgresProjections } from './projections/postgres-projections';
import { LogReads } from './read/log-reads';
import { PostgresSnapshots } from './read/postgres-snapshots';
import { StreamReads } from './read/stream-reads';
import { Ticker } from './read/ticker';
import { isStorable } from './schema/names';
import { checkedStart } from './schema/start';

const TICK_TIMEOUT_MS = 1000;
/** How many positions one statement examines, which takes about a tenth of a second. */
const STEP_POSITIONS = 250_000n;
const PAGE_TIMEOUT_MS = 10_000;

/**
 * Stores events in PostgreSQL, for many processes and machines. Created by `postgres(...)`.
 *
 * - An acknowledged append is committed. Concurrent appends share transactions, each with its own outcome.
 * - Subscribers receive events in order of position and miss none, even while other writers commit.
 * - A commit whose reply was lost is sent again with the same event ids, so nothing is stored twice.
 */
export class PostgresEventStore implements EventStore {
  /** Stores snapshots in the same schema. */
  readonly snapshots: SnapshotStore;
  /** Stores the documents of projections in the same schema. */
  readonly projections: ProjectionStore;
  /** Remembers commands in the same schema. */
  readonly commands: CommandJournal;
  readonly #database: Database;
  readonly #access: Access;
  readonly #sender: AppendSender;
  readonly #commits: GroupCommit;
  readonly #reads: StreamReads;
  readonly #ticker: Ticker;
  readonly #subscriptions = new Set<Subscription>();
  readonly #log: LogReads;
  readonly #horizon: Statement;
  readonly #eventId: Statement;
  readonly #onPoolError: (error: Error) => void;
  /** The transactions of the projections. */
  readonly #transactions = new Inside();
  #closing: Promise<void> | undefined;

  /** Call `postgres(...)` instead, which checks the options. */
  constructor(settings: PostgresSettings) {
    const { names, pool, connectionString, pollEvery, logger } = settings;
    this.#database = new Database(
      pool ?? openPool({ ...settings, connectionString: connectionString! }),
      settings,
      () => this.#access.restart(),
    );
    this.#access = new Access(this.#database, checkedStart);
    this.#sender = new AppendSender(this.#database);
    // Without a listener, an idle connection that is lost would crash the process.
    this.#onPoolError = error => {
      // The pool attaches the whole client to the error, some hundred lines in a log.
      Reflect.deleteProperty(error, 'client');
      logger.warn({ error }, 'An idle connection to PostgreSQL was lost.');
    };
    this.#database.pool.on('error', this.#onPoolError);
    this.#log = new LogReads(names);
    this.#eventId = statement(`select event_id from ${names.of('events')} where position = $1`);
    this.#horizon = statement(`select ${names.of('horizon')}()`);
    this.#reads = new StreamReads(this.#database, () => this.#commits.busy);
    this.snapshots = new PostgresSnapshots(this.#access);
    this.commands = new PostgresCommands(this.#access);
    const { append, readAll } = PostgresEventStore.prototype;
    this.projections = new PostgresProjections(
      this.#access,
      { beside: { store: this, append, readAll }, sender: this.#sender },
      this.#transactions,
      () => this.#ticker.hurry(),
    );
    this.#ticker = new Ticker({
      pollEvery,
      logger,
      mayPass: error => this.#mayPass(error),
      horizon: () => this.#askHorizon(),
    });
    this.#commits = new GroupCommit(this.#sender, () => this.#ticker.hurry());
  }

  /**
   * Connects, checks the server and migrates the schema. Every other method does so at its first use.
   * @throws PostgresUnreachableError, PostgresReplicaError, PostgresIsolationError, PostgresEncodingError,
   * PostgresSchemaOutdatedError, PostgresSchemaNewerError, PostgresPositionsError
   */
  ready(): Promise<void> {
    return this.#access.ready();
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    this.#access.refuseWhenClosed();
    const unit = prepareUnit(appends, this.#database.settings.maxPayloadBytes, options);
    const append = (): Promise<AppendOutcome> => this.#access.afterStart(() => this.#commits.append(unit));
    // The tables of the events are locked until the transaction has ended.
    return this.#access.during(this.#transactions.busy ? this.#transactions.refuse().then(append) : append());
  }

  async read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    this.#access.refuseWhenClosed();
    checkStream(stream);
    const request = { stream, ...streamPage(page) };
    return isStorable(stream) ? this.#access.run(() => this.#reads.read(request), page?.signal) : [];
  }

  async readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    this.#access.refuseWhenClosed();
    const checked = storePage(page);
    if (isWholeLog(checked))
      return this.#access.run(({ ask }) => this.#log.page(ask, checked.after, checked.limit), page?.signal);
    return readInSteps(checked, {
      step: STEP_POSITIONS,
      read: step => this.#access.run(({ ask }) => this.#log.range(ask, step), page?.signal),
    });
  }

  async streams(page?: StreamsPage): Promise<readonly ListedStream[]> {
    this.#access.refuseWhenClosed();
    const { after, limit } = streamsPage(page);
    return this.#access.run(({ ask }) => this.#log.streams(ask, after, limit), page?.signal);
  }

  /**
   * Restores events, see `EventStore.restore`. Appends wait until it is committed; it waits for open transactions that
   * have appended.
   */
  async restore(events: readonly RecordedEvent[]): Promise<RestoreOutcome> {
    this.#access.refuseWhenClosed();
    const restoring = restore(this.#database, events);
    if (this.#transactions.busy) await this.#transactions.refuse();
    const outcome = await this.#access.run(restoring);
    this.#ticker.hurry();
    return outcome;
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    this.#access.refuseWhenClosed();
    refuseSubscribeOptions(options);
    const pages = new SubscriberPages({
      page: (after, limit) => this.#page(after, limit),
      idAt: position => this.#idAt(position),
    });
    const subscription: Subscription = new Subscription({
      ...options,
      readAll: page => this.#access.run(() => pages.read(page.after)),
      select: async page => pages.noted(await this.readAll(page)),
      mayPass: error => this.#waitsFor(error),
      ended: () => {
        this.#subscriptions.delete(subscription);
        this.#ticker.remove(subscription);
      },
    });
    this.#subscriptions.add(subscription);
    this.#ticker.add(subscription);
    return subscription;
  }

  /**
   * Returns a store whose appends belong to your open transaction. The client may come from any pool of the same
   * database.
   *
   * @example
   * await client.query('BEGIN');
   * await client.query('UPDATE orders SET paid = true WHERE id = $1', [id]);
   * await store.within(client).append([{ stream, expected: 'exists', events: [{ name: 'OrderPaid', payload: {} }] }]);
   * await client.query('COMMIT');
   */
  within(client: PostgresClient): PostgresTransaction {
    this.#access.refuseWhenClosed();
    return new PostgresTransaction(this.#database, this.#sender, client);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.end();
    await this.#access.close();
    const { pool, settings } = this.#database;
    // The listener stays on the store's own pool: its connections may still fail after it says that it has ended.
    if (settings.pool === undefined) await pool.end();
    else pool.removeListener('error', this.#onPoolError);
  }

  async #askHorizon(): Promise<string> {
    const [row] = await this.#access.run(() => this.#database.askOnce(this.#horizon, [], TICK_TIMEOUT_MS));
    return row![0]!;
  }

  /**
   * Tells whether a subscriber waits until the ticker is answered again: after a failure that may pass there is nothing
   * to read until then.
   */
  #waitsFor(error: unknown): boolean {
    // The sequence of positions may be that of a backup, too.
    if (error instanceof HistoryReplacedError) this.#access.restart();
    if (!this.#mayPass(error)) return false;
    this.#ticker.lost(error);
    return true;
  }

  #page(after: bigint, limit: number): Promise<readonly RecordedEvent[]> {
    const ask: Ask = (statement, values) => this.#database.askOnce(statement, values, PAGE_TIMEOUT_MS);
    return this.#log.page(ask, after, limit);
  }

  async #idAt(position: bigint): Promise<string | undefined> {
    return (await this.#database.askOnce(this.#eventId, [position], PAGE_TIMEOUT_MS))[0]?.[0] ?? undefined;
  }

  /** Whether a subscriber continues after this error. During a fail-over the server may be a replica for a while. */
  #mayPass(error: unknown): boolean {
    if (error instanceof PostgresUnreachableError || failureKind(error) !== 'final') return true;
    return isCancelled(error) || (this.#access.started && error instanceof PostgresReplicaError);
  }
}

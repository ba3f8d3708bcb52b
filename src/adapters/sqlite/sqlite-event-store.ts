import { setImmediate } from 'node:timers';
import { InFlight } from '../../concurrency';
import type { RecordedEvent } from '../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type CheckedStorePage,
  type CommandJournal,
  checkStream,
  type EventStore,
  isWholeLog,
  type ListedStream,
  type ProjectionStore,
  type RestoreOutcome,
  readInSteps,
  refuseSubscribeOptions,
  restoreRequests,
  type SnapshotStore,
  StoreClosedError,
  type StorePage,
  type StreamAppend,
  type StreamName,
  type StreamPage,
  type StreamsPage,
  type SubscribeOptions,
  SubscriberPages,
  storePage,
  streamPage,
  streamsPage,
} from '../../store';
import { appendRequest } from './append/append-request';
import { AppendWriter } from './append/append-writer';
import { BatchWriter } from './append/batch-writer';
import { CommandRecords } from './append/command-records';
import { GroupCommit } from './append/group-commit';
import { RestoreWriter } from './append/restore';
import { SqliteCommands } from './append/sqlite-commands';
import type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from './connection/driver';
import { failureOf } from './connection/failures';
import { FileAccess } from './connection/file-access';
import { loadDriver } from './connection/load-driver';
import { openAgain, openFile } from './connection/open-file';
import { checkedOptions, type SqliteOptions, type SqliteSettings } from './connection/options';
import { SqliteProjections } from './projections/sqlite-projections';
import { Transactions, type TransactionsTarget } from './projections/transactions';
import { type EventRow, LAST_POSITION, recordedEvent } from './read/event-row';
import { LogReads } from './read/log-reads';
import { SqliteSnapshots } from './read/sqlite-snapshots';
import { prepareStatements, type Statements } from './read/statements';
import { Subscribers } from './read/subscribers';

/**
 * Stores events in a SQLite file, for one process or several on one machine.
 *
 * An acknowledged append is on the disk. Positions are in commit order. Appends of one turn of the event loop share a
 * transaction, each with its own outcome. The store opens the file synchronously; after that it waits for other
 * processes without blocking this one.
 */
export class SqliteEventStore implements EventStore {
  /** The absolute path, or `:memory:`. */
  readonly file: string;
  /** The name of the SQLite library in use. */
  readonly driver: string;
  /** Stores snapshots in the same file. */
  readonly snapshots: SnapshotStore;
  /** Stores the documents of projections in the same file. */
  readonly projections: ProjectionStore;
  /** Remembers commands in the same file. */
  readonly commands: CommandJournal;
  readonly #settings: SqliteSettings;
  readonly #connection: SqliteConnection;
  readonly #statements: Statements;
  readonly #log: LogReads;
  readonly #commits: GroupCommit;
  readonly #subscribers: Subscribers;
  readonly #access: FileAccess;
  readonly #transactions: Transactions;
  readonly #restoring = new InFlight();
  #closing: Promise<void> | undefined;

  /**
   * Opens the file, and creates it if it is missing; its folder must exist.
   * @throws SqliteOptionsError, SqliteDriverMissingError, SqliteFileLockedError, SqliteFileReadOnlyError,
   * SqliteFileDamagedError, SqliteFileForeignError, SqliteFileNewerError, SqliteFileUnavailableError,
   * SqliteFailureError
   */
  constructor(file: string, options?: SqliteOptions) {
    this.#settings = checkedOptions(file, options);
    const driver = loadDriver(this.#settings.driver);
    this.#connection = openFile(driver, this.#settings);
    this.#statements = prepareStatements(this.#connection);
    this.#log = new LogReads(this.#connection);
    this.#subscribers = new Subscribers(() => this.#dataVersion(), this.#settings.pollEvery);
    this.#access = new FileAccess(this.#settings, () => this.#refuseWhenClosed());
    const commands = new CommandRecords(this.#connection, this.#statements, this.#settings.clock);
    const writer = new AppendWriter(this.#connection, this.#statements, commands, this.#settings.clock);
    const batches = new BatchWriter({
      busyTimeout: this.#settings.busyTimeout,
      write: requests => writer.write(requests),
      written: () => this.#subscribers.wake(),
      failureOf: error => failureOf(error, this.#settings),
    });
    this.#commits = new GroupCommit(batches, work => this.#access.inTurn(work));
    this.snapshots = new SqliteSnapshots(this.#connection, this.#statements, this.#settings, this.#access);
    this.commands = new SqliteCommands(this.#connection, commands, this.#settings, this.#access);
    this.#transactions = new Transactions(this.#forTransactions(driver), this.#settings, this.#access);
    const { append, readAll } = SqliteEventStore.prototype;
    this.projections = new SqliteProjections(this.#connection, this.#settings, this.#access, this.#transactions, {
      store: this,
      append,
      readAll,
    });
    this.file = this.#settings.file;
    this.driver = driver.name;
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    this.#refuseWhenClosed();
    const request = appendRequest(appends, this.#settings.maxPayloadBytes, options);
    if (this.#access.busy) await this.#access.refuseInside();
    return request.eventCount === 0 ? { ok: true, events: Object.freeze([]) } : this.#commits.append(request);
  }

  async read(stream: StreamName, page?: StreamPage): Promise<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    checkStream(stream);
    const { aggregateName, aggregateId } = stream;
    const { from, limit } = streamPage(page);
    return this.#read(page?.signal, this.#statements.readStream, aggregateName, aggregateId, from, limit);
  }

  async readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    const checked = storePage(page);
    const { after, limit } = checked;
    return isWholeLog(checked) ? this.#page(after, limit, page?.signal) : this.#select(checked, page?.signal);
  }

  async streams(page?: StreamsPage): Promise<readonly ListedStream[]> {
    this.#refuseWhenClosed();
    const { after, limit } = streamsPage(page);
    return this.#access.read(() => this.#log.streams(after, limit), page?.signal);
  }

  async restore(events: readonly RecordedEvent[]): Promise<RestoreOutcome> {
    this.#refuseWhenClosed();
    const requests = restoreRequests(events, this.#settings.maxPayloadBytes);
    const writer = new RestoreWriter(this.#connection, this.#statements);
    try {
      return await this.#restoring.during(this.#access.finish(() => writer.write(requests)));
    } finally {
      this.#subscribers.wake();
    }
  }

  subscribe(options: SubscribeOptions = {}): AsyncIterable<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    refuseSubscribeOptions(options);
    const page = (after: bigint, limit: number) => this.#page(after, limit);
    // A page shows everything that is committed: what it does not show is nowhere else.
    const pages = new SubscriberPages({ page, idAt: async () => undefined });
    return this.#subscribers.follow({
      ...options,
      readAll: ({ after }) => pages.read(after),
      select: async selection => pages.noted(await this.readAll(selection)),
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#subscribers.end();
    await this.#commits.drained();
    await this.#restoring.idle();
    await this.#access.over();
    this.#transactions.close();
    this.#connection.close();
  }

  #refuseWhenClosed(): void {
    if (this.#closing) throw new StoreClosedError();
  }

  async #page(after: bigint, limit: number, signal?: AbortSignal): Promise<readonly RecordedEvent[]> {
    this.#refuseWhenClosed();
    return this.#read(signal, this.#statements.readAll, after > LAST_POSITION ? LAST_POSITION : after, limit);
  }

  async #select(page: CheckedStorePage, signal: AbortSignal | undefined): Promise<readonly RecordedEvent[]> {
    return Object.freeze(
      await readInSteps(page, {
        step: STEP_POSITIONS,
        read: async step => {
          // SQLite runs in this thread: let other work of the process have its turn.
          await immediately();
          return this.#rows(() => this.#log.events(step), signal);
        },
      }),
    );
  }

  #read(
    signal: AbortSignal | undefined,
    statement: SqliteStatement,
    ...values: SqliteValue[]
  ): Promise<readonly RecordedEvent[]> {
    return this.#rows(() => statement.all(...values) as EventRow[], signal);
  }

  /** Readers do not wait for writers, except while another process repairs or empties the write-ahead log. */
  #rows(rows: () => EventRow[], signal: AbortSignal | undefined): Promise<readonly RecordedEvent[]> {
    // Not map(): under a test runner the driver's arrays are of another realm, and so would be their map().
    return this.#access.read(() => Object.freeze(Array.from(rows(), recordedEvent)), signal);
  }

  #forTransactions(driver: SqliteDriver): TransactionsTarget {
    return {
      connection: this.#connection,
      open: () => openAgain(driver, this.#settings),
      written: () => this.#subscribers.wake(),
    };
  }

  #dataVersion(): number {
    return (this.#statements.dataVersion.get() as { data_version: number }).data_version;
  }
}

/** How many positions are examined without a pause, which takes some milliseconds. */
const STEP_POSITIONS = 50_000n;

const immediately = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

/**
 * Creates an event store in a SQLite file, which is created if it is missing; `:memory:` keeps the database in memory.
 *
 * @example const flow = await bootstrap(TodoModule, { eventStore: sqlite('todo.db') });
 * @throws the errors of the constructor of {@link SqliteEventStore}
 */
export const sqlite = (file: string, options?: SqliteOptions): SqliteEventStore => new SqliteEventStore(file, options);

import type { RecordedEvent } from '../../../messages';
import { isName } from '../../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type CheckpointName,
  type CommitOutcome,
  canBeReadModel,
  checkCheckpoint,
  type LogPage,
  logPage,
  type ParkedName,
  type ParkedSequence,
  type ProjectionCommit,
  type ProjectionTransaction,
  type StreamAppend,
  sealedCommit,
  TransactionCalls,
  UnknownReadModelError,
} from '../../../store';
import { prepareUnit } from '../append/append-request';
import type { AppendSender } from '../append/append-sender';
import type { Connection } from '../connection/connection';
import type { Database } from '../connection/database';
import { failureKind } from '../connection/failures';
import { type Statement, statement } from '../connection/statement';
import { WorkFailure } from '../connection/user-work';
import { EVENT_COLUMNS, recordedEvent } from '../read/rows';
import { activateVersion } from './activate-version';
import { lockCheckpoint } from './lock-checkpoint';
import type { PostgresDeadLetters } from './postgres-dead-letters';
import type { ProjectionCommits } from './projection-commits';
import { documentsOf, type ProjectionStatements } from './projection-statements';

/** What a transaction needs. */
export interface TransactionSources {
  readonly database: Database;
  readonly statements: ProjectionStatements;
  readonly commits: ProjectionCommits;
  readonly letters: PostgresDeadLetters;
  readonly sender: AppendSender;
}

/** What a transaction does between begin and commit; the caller sends both. */
export class PostgresProjectionTransaction implements ProjectionTransaction {
  readonly #committed: Statement;
  readonly #everything: Statement;
  readonly #calls = new TransactionCalls(error => this.#reasonOf(error));
  #alone = false;
  #interruption: unknown;

  constructor(
    private readonly sources: TransactionSources,
    private readonly connection: Connection,
  ) {
    const { names } = sources.database.settings;
    this.#committed = statement(`select ${EVENT_COLUMNS} from ${names.of('read_all')}($1::bigint, $2::integer) e`);
    this.#everything = statement(
      `select ${EVENT_COLUMNS} from ${names.of('events')} e where e.position > $1 order by e.position limit $2`,
    );
  }

  /** An append met a conflict: nothing of the transaction may be kept. */
  get conflict(): boolean {
    return this.#calls.conflict;
  }

  /**
   * The driver error with which the database interrupted the transaction, such as a lost connection or a deadlock;
   * undefined if it did not.
   */
  get interruption(): unknown {
    return this.#interruption;
  }

  /** Runs the work. @throws what the work throws, or else what one of its calls has failed with */
  run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return this.#calls.during(() => work(this));
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    const unit = this.#calls.check(() => prepareUnit(appends, this.sources.database.settings.maxPayloadBytes, options));
    return this.#calls.append(async () => {
      await this.#keepOthersOut();
      return this.sources.sender.sendWithin(this.connection.ask, unit);
    });
  }

  async readAll(page?: LogPage): Promise<readonly RecordedEvent[]> {
    return this.#calls.take(async () => {
      const { after, limit } = logPage(page);
      const rows = await this.connection.ask(this.#alone ? this.#everything : this.#committed, [after, limit]);
      return Object.freeze(rows.map(row => recordedEvent(row)));
    });
  }

  async lock({ projection, version, segment }: CheckpointName): Promise<bigint> {
    const name = { projection, version, segment };
    this.#calls.check(() => checkCheckpoint(name));
    return this.#calls.take(() => lockCheckpoint(this.connection.ask, this.sources.statements, name));
  }

  async parked(name: ParkedName): Promise<readonly ParkedSequence[]> {
    return this.#calls.take(() => this.sources.letters.sequencesOn(this.connection.ask, name));
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    return this.#calls.take(async () => {
      if (!canBeReadModel(readModel, version)) throw new UnknownReadModelError(readModel, version);
      const rows = await this.connection.ask(this.sources.statements.get, [readModel, version, ids.filter(isName)]);
      return documentsOf(rows, readModel, version);
    });
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    const sealed = this.#calls.check(() => sealedCommit(commit, { processes: true }));
    return this.#calls.take(() => this.sources.commits.within(this.connection, sealed));
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#calls.take(() => activateVersion(this.connection.ask, this.sources.statements, readModel, version));
  }

  /**
   * An append locks the streams first, so the owner of that table's lock sees everything that will ever be below its
   * own positions, and later writers draw theirs after its end.
   */
  async #keepOthersOut(): Promise<void> {
    if (this.#alone) return;
    const { names } = this.sources.database.settings;
    // Plans use the index, even if they were made while the tables were empty: see docs/decisions/006.
    const settings = 'set local enable_seqscan = off; set local enable_bitmapscan = off';
    await this.connection.run(`${settings}; lock table ${names.of('streams')} in share row exclusive mode`);
    this.#alone = true;
  }

  #reasonOf(error: unknown): unknown {
    if (error instanceof WorkFailure) return error.thrown;
    if (failureKind(error) !== 'final') this.#interruption = error;
    return this.sources.database.translated(error);
  }
}

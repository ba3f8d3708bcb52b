import type { RecordedEvent } from '../../../messages';
import { isName } from '../../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type CheckpointName,
  type CommitOutcome,
  canBeReadModel,
  checkCheckpoint,
  type ParkedName,
  type ParkedSequence,
  type ProjectionCommit,
  type ProjectionTransaction,
  type StorePage,
  type StreamAppend,
  sealedCommit,
  storePage,
  TransactionEndedError,
  UnknownReadModelError,
} from '../../../store';
import { prepareUnit } from '../append/append-request';
import { type Database, type Statement, statement } from '../connection/database';
import type { PostgresClient } from '../connection/driver';
import { failureKind } from '../connection/failures';
import { PostgresTransaction } from '../connection/postgres-transaction';
import { unwrapped, WorkFailure } from '../connection/user-work';
import { EVENT_COLUMNS, recordedEvent } from '../read/rows';
import { activateVersion } from './activate-version';
import { lockCheckpoint } from './lock-checkpoint';
import type { PostgresDeadLetters } from './postgres-dead-letters';
import type { ProjectionCommits } from './projection-commits';
import { documentsOf, type ProjectionStatements } from './projection-statements';

/** What transactions are made with. */
export interface TransactionSources {
  readonly database: Database;
  readonly statements: ProjectionStatements;
  readonly commits: ProjectionCommits;
  readonly letters: PostgresDeadLetters;
}

/** What a transaction does between its begin and its end, which are somebody else's. */
export class PostgresProjectionTransaction implements ProjectionTransaction {
  readonly #committed: Statement;
  readonly #everything: Statement;
  #turn: Promise<unknown> = Promise.resolve();
  #alone = false;
  #ended = false;
  #conflict = false;
  #failure: { readonly error: unknown } | undefined;
  #interruption: unknown;

  constructor(
    private readonly sources: TransactionSources,
    private readonly client: PostgresClient,
  ) {
    const { names } = sources.database.settings;
    this.#committed = statement(`select ${EVENT_COLUMNS} from ${names.of('read_all')}($1::bigint, $2::integer) e`);
    this.#everything = statement(
      `select ${EVENT_COLUMNS} from ${names.of('events')} e where e.position > $1 order by e.position limit $2`,
    );
  }

  /** An append met a conflict: nothing of the transaction may be kept. */
  get conflict(): boolean {
    return this.#conflict;
  }

  /**
   * What the database has interrupted the transaction with, as it came: a lost connection, a deadlock. Undefined where
   * it did not.
   */
  get interruption(): unknown {
    return this.#interruption;
  }

  /** Runs the work. @throws WorkFailure with what it throws, or else what one of its calls has thrown */
  async run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    try {
      const result = await this.#worked(work);
      if (this.#failure) throw this.#failure.error;
      return result;
    } finally {
      this.#ended = true;
    }
  }

  async #worked<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    try {
      return await work(this);
    } catch (error) {
      // What the database has failed with may pass, whatever the work made of it.
      if (this.#failure && this.#interruption !== undefined) throw this.#failure.error;
      throw new WorkFailure(error);
    } finally {
      await this.#turn;
    }
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    // At once, as the caller may change what it gave.
    const unit = this.#checked(() => prepareUnit(appends, this.sources.database.settings.maxPayloadBytes, options));
    return this.#do(async () => {
      await this.#keepOthersOut();
      const outcome = await new PostgresTransaction(this.sources.database, this.client).appendUnit(unit);
      this.#conflict ||= !outcome.ok;
      return outcome;
    });
  }

  async readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    return this.#do(async () => {
      const { after, limit } = storePage(page);
      const rows = await this.#ask(this.#alone ? this.#everything : this.#committed, [after, limit]);
      return Object.freeze(rows.map(row => recordedEvent(row)));
    });
  }

  async lock(name: CheckpointName): Promise<bigint> {
    return this.#do(async () => {
      checkCheckpoint(name);
      return lockCheckpoint((question, values) => this.#ask(question, values), this.sources.statements, name);
    });
  }

  async parked(name: ParkedName): Promise<readonly ParkedSequence[]> {
    return this.#do(() => this.sources.letters.sequencesOn((question, values) => this.#ask(question, values), name));
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    return this.#do(async () => {
      if (!canBeReadModel(readModel, version)) throw new UnknownReadModelError(readModel, version);
      const rows = await this.#ask(this.sources.statements.get, [readModel, version, ids.filter(isName)]);
      return documentsOf(rows, readModel, version);
    });
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    const sealed = this.#checked(() => sealedCommit(commit));
    return this.#do(() => this.sources.commits.within(this.client, sealed));
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#do(() =>
      activateVersion((question, values) => this.#ask(question, values), this.sources.statements, readModel, version),
    );
  }

  /**
   * An append touches the streams before anything else: who holds that table alone sees all that will ever be below its
   * own positions, and those who come later draw theirs when it is gone.
   */
  async #keepOthersOut(): Promise<void> {
    if (this.#alone) return;
    const { names } = this.sources.database.settings;
    // Plans go by the index, also those made while the tables are empty: see docs/decisions/006.
    const settings = 'set local enable_seqscan = off; set local enable_bitmapscan = off';
    await this.client.query({ text: `${settings}; lock table ${names.of('streams')} in share row exclusive mode` });
    this.#alone = true;
  }

  #checked<T>(check: () => T): T {
    try {
      return check();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  #ask(question: Statement, values: unknown[]) {
    return this.sources.database.askOnRaw(this.client, question, values);
  }

  /**
   * One call after the other, as there is one connection. What fails takes the whole transaction back: PostgreSQL has
   * ended it.
   */
  #do<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => {
      if (this.#ended) throw new TransactionEndedError();
      if (this.#failure) throw unwrapped(this.#failure.error);
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof WorkFailure) && failureKind(error) !== 'final') this.#interruption = error;
        this.#failure = { error: error instanceof WorkFailure ? error : this.sources.database.translated(error) };
        throw unwrapped(this.#failure.error);
      }
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

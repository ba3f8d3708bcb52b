import type { RecordedEvent } from '../../../messages';
import { isName } from '../../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type CheckpointName,
  type CommitOutcome,
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
} from '../../../store';
import { appendRequest } from '../append/append-request';
import { failureOf } from '../connection/failures';
import type { SqliteSettings } from '../connection/options';
import { WorkFailure } from '../connection/user-work';
import { type EventRow, LAST_POSITION, recordedEvent } from '../read/event-row';
import { readDocuments } from './projection-records';
import type { TransactionParts } from './transaction-parts';

/** What a transaction does between begin and commit; the caller sends both. */
export class SqliteTransaction implements ProjectionTransaction {
  readonly #calls: TransactionCalls;

  constructor(
    private readonly parts: TransactionParts,
    private readonly settings: SqliteSettings,
  ) {
    // SQLite may have ended the transaction already: statements after a failure must not be committed on their own.
    this.#calls = new TransactionCalls(error =>
      error instanceof WorkFailure ? error.thrown : failureOf(error, settings),
    );
  }

  /** An append met a conflict: nothing of the transaction may be kept. */
  get conflict(): boolean {
    return this.#calls.conflict;
  }

  /** Runs the work. @throws what the work throws, or else what one of its calls has thrown */
  run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return this.#calls.during(() => work(this));
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    const request = this.#calls.check(() => appendRequest(appends, this.settings.maxPayloadBytes, options));
    return this.#calls.append(() => this.parts.writer.writeWithin(request));
  }

  async readAll(page?: LogPage): Promise<readonly RecordedEvent[]> {
    return this.#calls.take(() => {
      const { after, limit } = logPage(page);
      const rows = this.parts.statements.readAll.all(
        after > LAST_POSITION ? LAST_POSITION : after,
        limit,
      ) as EventRow[];
      return Object.freeze(Array.from(rows, recordedEvent));
    });
  }

  /** Nothing to lock: other writers to the file wait already. */
  async lock({ projection, version, segment }: CheckpointName): Promise<bigint> {
    const name = { projection, version, segment };
    this.#calls.check(() => checkCheckpoint(name));
    return this.#calls.take(() => {
      this.parts.records.refuseClosed(projection, version);
      return this.parts.records.checkpoint(name);
    });
  }

  async parked({ projection, version }: ParkedName): Promise<readonly ParkedSequence[]> {
    return this.#calls.take(() => this.parts.records.deadLetters.sequences({ projection, version }, null));
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const wanted = ids.filter(isName);
    return readDocuments(await this.#calls.take(() => this.parts.records.documents(readModel, version, wanted)));
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    const sealed = this.#calls.check(() => sealedCommit(commit, { processes: true }));
    return this.#calls.take(() => {
      const { records } = this.parts;
      return records.commit(records.encoded(sealed));
    });
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#calls.take(() => this.parts.records.activate(readModel, version));
  }
}

import type { RecordedEvent } from '../../../messages';
import { isName } from '../../../messages';
import {
  type AppendOptions,
  type AppendOutcome,
  type CheckpointName,
  type CommitOutcome,
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
} from '../../../store';
import { appendRequest } from '../append/append-request';
import { failureOf } from '../connection/failures';
import type { SqliteSettings } from '../connection/options';
import { type EventRow, LAST_POSITION, recordedEvent } from '../read/event-row';
import { readDocuments } from './projection-records';
import type { TransactionParts } from './transaction-parts';
import { WorkFailure } from './user-work';

/** What a transaction does between its begin and its end, which are somebody else's. */
export class SqliteTransaction implements ProjectionTransaction {
  #ended = false;
  #conflict = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly parts: TransactionParts,
    private readonly settings: SqliteSettings,
  ) {}

  /** An append met a conflict: nothing of the transaction may be kept. */
  get conflict(): boolean {
    return this.#conflict;
  }

  /** Runs the work. @throws what it throws, or else what one of its calls has thrown */
  async run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    try {
      const result = await work(this);
      if (this.#failure) throw this.#failure.error;
      return result;
    } finally {
      this.#ended = true;
    }
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    return this.#do(() => {
      const request = appendRequest(appends, this.settings.maxPayloadBytes, options);
      const outcome = this.parts.writer.writeWithin(request);
      this.#conflict ||= !outcome.ok;
      return outcome;
    });
  }

  async readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    return this.#do(() => {
      const { after, limit } = storePage(page);
      const rows = this.parts.statements.readAll.all(
        after > LAST_POSITION ? LAST_POSITION : after,
        limit,
      ) as EventRow[];
      return Object.freeze(Array.from(rows, recordedEvent));
    });
  }

  /** Others who write to the file wait already, so there is nothing to lock. */
  async lock(name: CheckpointName): Promise<bigint> {
    return this.#do(() => {
      checkCheckpoint(name);
      this.parts.records.refuseClosed(name.projection, name.version);
      return this.parts.records.checkpoint(name);
    });
  }

  async parked({ projection, version }: ParkedName): Promise<readonly ParkedSequence[]> {
    return this.#do(() => this.parts.records.deadLetters.sequences({ projection, version }, null));
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const rows = this.#do(() => this.parts.records.documents(readModel, version, ids.filter(isName)));
    return readDocuments(rows);
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    return this.#do(() => {
      const { records } = this.parts;
      return records.commit(records.encoded(sealedCommit(commit)));
    });
  }

  async activate(readModel: string, version: number): Promise<void> {
    this.#do(() => this.parts.records.activate(readModel, version));
  }

  /**
   * What fails takes the whole transaction back: SQLite may have ended it already, and what follows must not stand
   * alone.
   */
  #do<T>(work: () => T): T {
    if (this.#ended) throw new TransactionEndedError();
    if (this.#failure) throw this.#failure.error;
    try {
      return work();
    } catch (error) {
      this.#failure = { error: this.#reasonOf(error) };
      throw this.#failure.error;
    }
  }

  #reasonOf(error: unknown): unknown {
    if (error instanceof WorkFailure) return error.thrown;
    return failureOf(error, this.settings);
  }
}

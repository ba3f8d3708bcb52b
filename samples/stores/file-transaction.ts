import type { RecordedEvent } from 'eventuality';
import { EventsElsewhereError } from 'eventuality/errors';
import type { ParkedSequence } from 'eventuality/operations';
import {
  type AppendOutcome,
  type CheckpointName,
  type CommitOutcome,
  checkCheckpoint,
  type ParkedName,
  type ProjectionCommit,
  type ProjectionTransaction,
  sealedCommit,
  TransactionCalls,
} from 'eventuality/store-kit';
import type { ProjectionRows } from './projection-rows';

/** A transaction over the rows of a file: they are its own until it has ended well. The events are elsewhere. */
export class FileTransaction implements ProjectionTransaction {
  readonly #calls = new TransactionCalls();

  constructor(private readonly rows: ProjectionRows) {}

  /** Runs the work. @throws what it, or one of its calls, throws */
  run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return this.#calls.during(() => work(this));
  }

  async append(): Promise<AppendOutcome> {
    return this.#calls.append(() => {
      throw new EventsElsewhereError();
    });
  }

  async readAll(): Promise<readonly RecordedEvent[]> {
    return this.#calls.take(() => {
      throw new EventsElsewhereError();
    });
  }

  async lock({ projection, version, segment }: CheckpointName): Promise<bigint> {
    this.#calls.check(() => checkCheckpoint({ projection, version, segment }));
    return this.#calls.take(() => {
      this.rows.refuseClosed(projection, version);
      return this.rows.checkpoint({ projection, version, segment });
    });
  }

  async parked(name: ParkedName): Promise<readonly ParkedSequence[]> {
    return this.#calls.take(() => this.rows.deadLetters(name).sequences());
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    return this.#calls.take(() => {
      const documents = this.rows.documents(readModel, version);
      return new Map(ids.flatMap(id => (documents.has(id) ? [[id, documents.get(id)!.document]] : [])));
    });
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    const sealed = this.#calls.check(() => sealedCommit(commit));
    return this.#calls.take(() => this.rows.commit(sealed));
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#calls.take(() => this.rows.activate(readModel, version));
  }
}

import type { RecordedEvent } from '../../messages';
import type { LogPage } from '../kit/events/event-pages';
import { checkCheckpoint } from '../kit/projections/projection-checks';
import { type SealedCommit, sealedCommit } from '../kit/projections/sealed-commit';
import { TransactionCalls } from '../kit/transactions/transaction-calls';
import type { ParkedName, ParkedSequence } from '../ports/dead-letters';
import type { CheckpointName, CommitOutcome, ProjectionCommit } from '../ports/projection-commit';
import { EventsElsewhereError } from '../ports/projection-errors';
import type { ProjectionTransaction } from '../ports/projection-transaction';
import type { AppendOptions, AppendOutcome, StreamAppend } from '../ports/stream-append';
import type { InMemoryDocuments } from './in-memory-documents';
import type { InMemoryProjectionState, ReadNow, ReadyCommit } from './in-memory-projection-state';
import { type StagedAppends, sealedAppend } from './staged-appends';

/**
 * A transaction in memory. Its writes are kept apart from the stored data until it commits. No other transaction writes
 * meanwhile.
 */
export class InMemoryTransaction implements ProjectionTransaction {
  readonly #calls = new TransactionCalls();
  readonly #commits: ReadyCommit[] = [];
  readonly #checkpoints = new Map<string, bigint>();
  readonly #activated = new Map<string, number>();

  constructor(
    private readonly state: InMemoryProjectionState,
    /** Undefined if the events are stored elsewhere. */
    private readonly events: StagedAppends | undefined,
  ) {}

  /** Runs the work of the transaction, and keeps all of its writes or none. */
  async run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    const result = await this.#calls.during(() => work(this));
    if (!this.#calls.conflict) this.#keep();
    return result;
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    const sealed = this.#calls.check(() => sealedAppend(appends, options));
    return this.#calls.append(() => this.#events().append(sealed));
  }

  async readAll(page?: LogPage): Promise<readonly RecordedEvent[]> {
    return this.#calls.take(() => this.#events().readAll(page));
  }

  async lock({ projection, version, segment }: CheckpointName): Promise<bigint> {
    const name = { projection, version, segment };
    this.#calls.check(() => checkCheckpoint(name));
    return this.#calls.take(() => {
      this.state.refuseClosed(projection, version);
      return this.#checkpoint(name);
    });
  }

  async parked(name: ParkedName): Promise<readonly ParkedSequence[]> {
    return this.#calls.take(() => this.state.deadLetters.sequences(name));
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    return this.#calls.take(() => {
      const stored = this.state.documents(readModel, version);
      const read = this.#reader();
      const found = new Map<string, object>();
      for (const id of ids) {
        const document = read(stored, id);
        if (document) found.set(id, document);
      }
      return found;
    });
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    return this.commitSealed(this.#calls.check(() => sealedCommit(commit, { processes: true })));
  }

  async commitSealed(sealed: SealedCommit): Promise<CommitOutcome> {
    return this.#calls.take(async () => {
      const ready = this.state.ready(sealed);
      const refusal = this.state.refusal(ready, this.#checkpoint(ready.checkpoint), this.#reader());
      if (refusal) return refusal;
      for (const work of ready.work) await work(undefined);
      this.#commits.push(ready);
      this.#checkpoints.set(keyOf(ready.checkpoint), ready.to);
      return { ok: true };
    });
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#calls.take(() => {
      this.state.documents(readModel, version);
      this.#activated.set(readModel, version);
    });
  }

  /** Returns a function that reads documents including the writes of this transaction. */
  #reader(): ReadNow {
    const written = new Map<InMemoryDocuments, Map<string, object | null>>();
    for (const { documents, writes } of this.#commits.flatMap(({ pages }) => pages)) {
      const own = written.get(documents) ?? new Map<string, object | null>();
      written.set(documents, own);
      for (const { id, document } of writes) own.set(id, document);
    }
    return (documents, id) => {
      const own = written.get(documents)?.get(id);
      return own === undefined ? documents.get(id) : own;
    };
  }

  #keep(): void {
    // First, because this is what can fail: a subclass of the event store may write to a file.
    this.events?.keep();
    for (const commit of this.#commits) this.state.keep(commit);
    for (const [readModel, version] of this.#activated) this.state.activate(readModel, version);
  }

  #events(): StagedAppends {
    if (!this.events) throw new EventsElsewhereError();
    return this.events;
  }

  #checkpoint(name: CheckpointName): bigint {
    return this.#checkpoints.get(keyOf(name)) ?? this.state.checkpoint(name);
  }
}

const keyOf = ({ projection, version, segment }: CheckpointName): string =>
  JSON.stringify([projection, version, segment]);

import type { RecordedEvent } from '../../messages';
import type { StorePage } from '../kit/events/event-pages';
import { checkCheckpoint } from '../kit/projections/projection-checks';
import { type SealedCommit, sealedCommit } from '../kit/projections/sealed-commit';
import { Mutex } from '../kit/transactions/mutex';
import type { ParkedName, ParkedSequence } from '../ports/dead-letters';
import type { CheckpointName, CommitOutcome, ProjectionCommit } from '../ports/projection-commit';
import { EventsElsewhereError, TransactionEndedError } from '../ports/projection-errors';
import type { ProjectionTransaction } from '../ports/projection-transaction';
import type { AppendOptions, AppendOutcome, StreamAppend } from '../ports/stream-append';
import type { InMemoryDocuments } from './in-memory-documents';
import type { InMemoryProjectionState, ReadNow, ReadyCommit } from './in-memory-projection-state';
import { type StagedAppends, sealedAppend } from './staged-appends';

/**
 * A transaction in memory: what it writes lies beside what is stored until it has ended well. No other transaction
 * writes meanwhile.
 */
export class InMemoryTransaction implements ProjectionTransaction {
  readonly #turns = new Mutex();
  readonly #commits: ReadyCommit[] = [];
  readonly #checkpoints = new Map<string, bigint>();
  readonly #activated = new Map<string, number>();
  #ended = false;
  #conflict = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly state: InMemoryProjectionState,
    /** Undefined where the events are elsewhere. */
    private readonly events: StagedAppends | undefined,
  ) {}

  /** Runs the work of the transaction, and keeps what it has written, or nothing. */
  async run<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    try {
      const result = await work(this);
      await this.#turns.over();
      if (this.#failure) throw this.#failure.error;
      if (!this.#conflict) this.#keep();
      return result;
    } finally {
      this.#ended = true;
    }
  }

  async append(appends: readonly StreamAppend[], options?: AppendOptions): Promise<AppendOutcome> {
    const sealed = this.#checked(() => sealedAppend(appends, options));
    return this.#take(() => {
      const outcome = this.#events().append(sealed);
      this.#conflict ||= !outcome.ok;
      return outcome;
    });
  }

  async readAll(page?: StorePage): Promise<readonly RecordedEvent[]> {
    return this.#take(() => this.#events().readAll(page));
  }

  async lock(name: CheckpointName): Promise<bigint> {
    this.#checked(() => checkCheckpoint(name));
    return this.#take(() => {
      this.state.refuseClosed(name.projection, name.version);
      return this.#checkpoint(name);
    });
  }

  async parked(name: ParkedName): Promise<readonly ParkedSequence[]> {
    return this.#take(() => this.state.deadLetters.sequences(name));
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    return this.#take(() => {
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
    return this.commitSealed(this.#checked(() => sealedCommit(commit)));
  }

  async commitSealed(sealed: SealedCommit): Promise<CommitOutcome> {
    return this.#take(async () => {
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
    await this.#take(() => {
      this.state.documents(readModel, version);
      this.#activated.set(readModel, version);
    });
  }

  /** Returns how a document is read with what this transaction has written. */
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
    // First, since this is what can fail: a subclass of the event store may write to a file.
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

  // What fails takes the whole transaction back, also where its work goes on.

  #checked<T>(check: () => T): T {
    try {
      return check();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  async #take<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#ended) throw new TransactionEndedError();
    try {
      return await this.#turns.take(work);
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }
}

const keyOf = ({ projection, version, segment }: CheckpointName): string =>
  JSON.stringify([projection, version, segment]);

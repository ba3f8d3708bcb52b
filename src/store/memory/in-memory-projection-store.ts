import { aClock, type Clock, refuseOptions, systemClock } from '../../messages';
import { resolveQuery } from '../kit/documents/document-query';
import { checkCheckpoint, checkReadModel } from '../kit/projections/projection-checks';
import { type SealedCommit, sealedCommit } from '../kit/projections/sealed-commit';
import { TransactionMutex } from '../kit/transactions/transaction-mutex';
import type { DeadLetters } from '../ports/dead-letters';
import type { ProcessStore } from '../ports/process-store';
import type { ProjectionBulk } from '../ports/projection-bulk';
import type { CheckpointName, CommitOutcome, ProjectionCommit } from '../ports/projection-commit';
import type { DocumentPage, DocumentQuery, ProjectionStore, ReadModelSchema } from '../ports/projection-store';
import { type EventsBeside, nameEventsBeside, type ProjectionTransaction } from '../ports/projection-transaction';
import type { ReadModelVersion } from '../ports/read-model-version';
import type { SegmentLeases } from '../ports/segment-leases';
import { InMemoryAccess } from './in-memory-access';
import { InMemoryBulk } from './in-memory-bulk';
import type { InMemoryDocuments } from './in-memory-documents';
import { InMemoryProjectionState } from './in-memory-projection-state';
import { InMemoryTransaction } from './in-memory-transaction';
import { StagedAppends, type TransactionEvents } from './staged-appends';

/**
 * Keeps documents, checkpoints, leases, dead letters and processes in memory: complete in its semantics, gone when the
 * process ends. Its transactions take events only as the `projections` of an `InMemoryEventStore`.
 */
export class InMemoryProjectionStore implements ProjectionStore {
  declare readonly eventsBeside: EventsBeside | undefined;
  readonly leases: SegmentLeases;
  readonly deadLetters: DeadLetters;
  readonly processes: ProcessStore;
  readonly #state: InMemoryProjectionState;
  readonly #access: InMemoryAccess;
  readonly #events: TransactionEvents | undefined;

  /**
   * @param options `clock` tells when a lease has run out and when a deadline is due, and dates what is recorded;
   * default the machine's
   * @param events shared by an event store in memory
   * @throws InvalidOptionsError
   */
  constructor(options: { readonly clock?: Clock } = {}, events?: TransactionEvents) {
    refuseOptions('new InMemoryProjectionStore', options, { clock: aClock });
    this.#access = new InMemoryAccess(events?.turns ?? new TransactionMutex(), events?.refuseWhenClosed);
    this.#events = events;
    nameEventsBeside(this, events?.beside);
    this.#state = new InMemoryProjectionState(options.clock ?? systemClock, this.#access);
    this.leases = this.#state.leases;
    this.deadLetters = this.#state.deadLetters;
    this.processes = this.#state.processes;
  }

  /** A getter on the prototype: a copy of the store with some methods replaced must not bypass them through it. */
  get bulk(): ProjectionBulk {
    return new InMemoryBulk(this);
  }

  async prepare(schema: ReadModelSchema): Promise<void> {
    checkReadModel(schema);
    const given = { ...schema, indexes: [...schema.indexes] };
    await this.#access.write(() => this.#state.prepare(given));
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const documents = this.#documents(readModel, version);
    const found = new Map<string, object>();
    for (const id of ids) {
      const document = documents.get(id);
      if (document) found.set(id, document);
    }
    return found;
  }

  async find(readModel: string, version: number, query?: DocumentQuery): Promise<DocumentPage> {
    const documents = this.#documents(readModel, version);
    return documents.find(resolveQuery(readModel, documents.schema.indexes, query));
  }

  async checkpoint(name: CheckpointName): Promise<bigint> {
    checkCheckpoint(name);
    return this.#access.read(() => this.#state.checkpoint(name));
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    const sealed = sealedCommit(commit, { processes: true });
    return sealed.work.length === 0
      ? this.#access.write(() => this.#commit(sealed))
      : this.#access.alone(() => this.#commitWithWork(sealed));
  }

  async active(readModel: string): Promise<number | undefined> {
    return this.#access.read(() => this.#state.active(readModel));
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#access.write(() => this.#state.activate(readModel, version));
  }

  async drop(
    name: string,
    version: number,
    { unlessActive = false }: { readonly unlessActive?: boolean } = {},
  ): Promise<boolean> {
    return this.#access.write(() => {
      if (unlessActive && this.#state.active(name) === version) return false;
      this.#state.drop(name, version);
      return true;
    });
  }

  async versions(name: string): Promise<readonly ReadModelVersion[]> {
    const [active, known] = this.#access.read(() => [this.#state.active(name), this.#state.versions(name)]);
    const versions = Array.from(known, ([version, { schema }]) => ({
      version,
      ...schema,
      ...{ active: version === active, closed: version < (active ?? 0) },
    }));
    return versions.sort((one, other) => one.version - other.version);
  }

  async transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return this.#access.alone(() =>
      new InMemoryTransaction(this.#state, this.#events && new StagedAppends(this.#events)).run(work),
    );
  }

  #documents(readModel: string, version: number): InMemoryDocuments {
    return this.#access.read(() => this.#state.documents(readModel, version));
  }

  #commit(sealed: SealedCommit): CommitOutcome {
    const ready = this.#state.ready(sealed);
    const refusal = this.#state.refusal(ready, this.#state.checkpoint(ready.checkpoint));
    if (!refusal) this.#state.keep(ready);
    return refusal ?? { ok: true };
  }

  /** In a turn of its own: nothing changes while user work is awaited. */
  async #commitWithWork(sealed: SealedCommit): Promise<CommitOutcome> {
    const transaction = new InMemoryTransaction(this.#state, undefined);
    return transaction.run(() => transaction.commitSealed(sealed));
  }
}

import { isName } from '../../../messages';
import {
  type CheckpointName,
  type CommitOutcome,
  canBeReadModel,
  checkCheckpoint,
  checkReadModel,
  checkSameSchema,
  type DeadLetters,
  type DocumentPage,
  type DocumentQuery,
  documentPage,
  type EventsBeside,
  type Inside,
  type KnownSchema,
  knownSchema,
  nameEventsBeside,
  type ProjectionCommit,
  type ProjectionStore,
  type ProjectionTransaction,
  type ReadModelSchema,
  type ReadModelVersion,
  type ResolvedQuery,
  resolveQuery,
  type SegmentLeases,
  sealedCommit,
  takenOverOf,
  takenOverText,
  UnknownReadModelError,
} from '../../../store';
import type { AppendSender } from '../append/append-sender';
import type { Access } from '../connection/access';
import type { Database } from '../connection/database';
import { HeldTransactions } from '../connection/held-transactions';
import type { Row } from '../connection/statement';
import { unwrapped, WorkFailure } from '../connection/user-work';
import { activateVersion } from './activate-version';
import { PostgresDeadLetters } from './postgres-dead-letters';
import { PostgresLeases } from './postgres-leases';
import { PostgresProjectionTransaction, type TransactionSources } from './postgres-projection-transaction';
import { ProjectionCommits } from './projection-commits';
import {
  documentsOf,
  FindStatements,
  foundDocuments,
  type ProjectionStatements,
  projectionStatements,
} from './projection-statements';
import { type KnownReadModel, ReadModelCache } from './read-model-cache';

/** Keeps documents and checkpoints in tables beside the events. */
export class PostgresProjections implements ProjectionStore {
  readonly leases: SegmentLeases;
  readonly deadLetters: DeadLetters;
  declare readonly eventsBeside: EventsBeside;
  readonly #statements: ProjectionStatements;
  readonly #finds: FindStatements;
  readonly #known: ReadModelCache;
  readonly #commits: ProjectionCommits;
  readonly #held: HeldTransactions;
  readonly #sender: AppendSender;
  readonly #letters: PostgresDeadLetters;

  constructor(
    private readonly database: Database,
    private readonly access: Access,
    /** Called when a transaction was kept that may have appended. */
    private readonly appended: () => void,
    events: { readonly beside: EventsBeside; readonly sender: AppendSender },
    /** Knows who is part of a transaction. */
    private readonly transactions: Inside,
  ) {
    nameEventsBeside(this, events.beside);
    this.#sender = events.sender;
    this.#statements = projectionStatements(database.settings.names);
    this.#finds = new FindStatements(database.settings.names);
    this.#known = new ReadModelCache(this.#statements);
    this.leases = new PostgresLeases(database, access);
    const letters = new PostgresDeadLetters(database, access);
    this.deadLetters = letters;
    this.#letters = letters;
    this.#held = new HeldTransactions(database.settings.maxConnections);
    this.#commits = new ProjectionCommits(database, this.#statements, this.#known, letters);
  }

  async prepare(schema: ReadModelSchema): Promise<void> {
    checkReadModel(schema);
    const { name, version } = schema;
    const wanted = knownSchema(schema);
    await this.access.run(async () => {
      const { indexes, revision, segments, sequenceBy, takenOver, replayUntil } = wanted;
      const shape = [JSON.stringify(indexes), revision, segments, sequenceBy, takenOverText(takenOver)];
      await this.database.ask(this.#statements.prepare, [name, version, ...shape, replayUntil]);
      this.#known.forget(name, version);
      const [row] = await this.database.ask(this.#statements.readModel, [name, version]);
      if (!row) throw new UnknownReadModelError(name, version);
      checkSameSchema({ name, version, ...wanted }, schemaOf(row));
    });
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    if (!canBeReadModel(readModel, version)) throw new UnknownReadModelError(readModel, version);
    const rows = await this.access.ask(this.#statements.get, [readModel, version, ids.filter(isName)]);
    return documentsOf(rows, readModel, version);
  }

  async find(readModel: string, version: number, query?: DocumentQuery): Promise<DocumentPage> {
    return this.access.run(async () => {
      for (;;) {
        const { model, resolved } = await this.#resolved(readModel, version, query);
        const { statement, values } = this.#finds.of(model, resolved);
        const rows = await this.database.ask(statement, values);
        if (rows.length > 0) return documentPage(foundDocuments(rows), resolved);
        // Dropped by another process, and perhaps prepared with other indexes.
        this.#known.forget(readModel, version);
      }
    });
  }

  async checkpoint(name: CheckpointName): Promise<bigint> {
    checkCheckpoint(name);
    const { projection, version, segment } = name;
    const [row] = await this.access.ask(this.#statements.checkpoint, [projection, version, segment]);
    return BigInt(row?.[0] ?? 0);
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    const sealed = sealedCommit(commit);
    return this.access.run(() => this.#commits.commit(sealed));
  }

  async versions(name: string): Promise<readonly ReadModelVersion[]> {
    const rows = isName(name) ? await this.access.ask(this.#statements.versions, [name]) : [];
    return rows.map(([version, state, replayUntil, ...schema]) => ({
      ...{ version: Number(version), ...schemaOf(schema), replayUntil: BigInt(replayUntil!) },
      ...{ active: state === 'active', closed: state === 'closed' },
    }));
  }

  async transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    if (this.transactions.busy) await this.transactions.refuse();
    return this.access.run(async () => {
      try {
        const result = await this.#held.run(() => this.#transaction(work));
        this.appended();
        return result;
      } catch (error) {
        if (error instanceof TakenBack) return error.result as T;
        throw unwrapped(error);
      }
    });
  }

  async active(readModel: string): Promise<number | undefined> {
    return isName(readModel) ? this.access.run(() => this.#active(readModel)) : undefined;
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.access.run(() =>
      this.database.transaction(({ ask }) => activateVersion(ask, this.#statements, readModel, version)),
    );
  }

  async drop(
    name: string,
    version: number,
    { unlessActive = false }: { readonly unlessActive?: boolean } = {},
  ): Promise<boolean> {
    if (!canBeReadModel(name, version)) return true;
    return this.access.run(async () => {
      await this.database.ask(this.#statements.shut, [name, version, unlessActive]);
      if (unlessActive && (await this.#active(name)) === version) return false;
      await this.database.transaction(async ({ ask }) => {
        for (const statement of this.#statements.drop) await ask(statement, [name, version]);
      });
      this.#known.forget(name, version);
      return true;
    });
  }

  /** What is known may be outdated: a query is refused only for what is stored. */
  async #resolved(
    readModel: string,
    version: number,
    query?: DocumentQuery,
  ): Promise<{ model: KnownReadModel; resolved: ResolvedQuery }> {
    const known = await this.#readModel(readModel, version);
    try {
      return { model: known, resolved: resolveQuery(readModel, known.indexes, query) };
    } catch {
      this.#known.forget(readModel, version);
      const model = await this.#readModel(readModel, version);
      return { model, resolved: resolveQuery(readModel, model.indexes, query) };
    }
  }

  /**
   * Where the database itself interrupted it nothing was written, and all of it can be done again; what the work throws
   * is none of that.
   */
  #transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    const sources: TransactionSources = {
      ...{ database: this.database, statements: this.#statements, commits: this.#commits },
      ...{ letters: this.#letters, sender: this.#sender },
    };
    return this.database.transaction(async connection => {
      const transaction = new PostgresProjectionTransaction(sources, connection);
      const worked = transaction.run(each => this.transactions.run(() => work(each)));
      const result = await worked.catch((error: unknown) => {
        // It goes through as it is; only what the database has interrupted is tried again.
        throw transaction.interruption ?? new WorkFailure(error);
      });
      if (transaction.conflict) throw new TakenBack(result);
      return result;
    });
  }

  async #active(readModel: string): Promise<number | undefined> {
    const [row] = await this.database.ask(this.#statements.active, [readModel]);
    return row && Number(row[0]);
  }

  #readModel(name: string, version: number): Promise<KnownReadModel> {
    return this.#known.get(this.database.ask, name, version);
  }
}

const schemaOf = ([indexes, revision, segments, sequenceBy, takenOver]: Row): Omit<KnownSchema, 'replayUntil'> => ({
  ...{ indexes: JSON.parse(indexes!), revision: Number(revision), segments: Number(segments) },
  ...{ sequenceBy: sequenceBy!, takenOver: takenOverOf(takenOver!) },
});

/** Takes a transaction back that met a conflict, with what its work has returned. */
class TakenBack extends Error {
  constructor(readonly result: unknown) {
    super('The transaction met a conflict.');
  }
}

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
  knownSchema,
  nameEventsBeside,
  type ProcessStore,
  type ProjectionBulk,
  type ProjectionCommit,
  type ProjectionStore,
  type ProjectionTransaction,
  type ReadModelSchema,
  type ReadModelVersion,
  type ResolvedQuery,
  resolveQuery,
  type SegmentLeases,
  sealedCommit,
  takenOverText,
  UnknownReadModelError,
} from '../../../store';
import type { AppendSender } from '../append/append-sender';
import type { Access } from '../connection/access';
import type { Ask } from '../connection/statement';
import { activatedOnly, activateVersion } from './activate-version';
import { PostgresBulk } from './postgres-bulk';
import { PostgresDeadLetters } from './postgres-dead-letters';
import { PostgresLeases } from './postgres-leases';
import { PostgresProcesses } from './postgres-processes';
import { ProjectionCommits } from './projection-commits';
import { readModelVersion, schemaOf } from './projection-rows';
import {
  documentsOf,
  FindStatements,
  foundDocuments,
  type ProjectionStatements,
  projectionStatements,
} from './projection-statements';
import { ProjectionTransactions } from './projection-transactions';
import { type KnownReadModel, ReadModelCache } from './read-model-cache';

/** Keeps documents and checkpoints in tables beside the events. */
export class PostgresProjections implements ProjectionStore {
  readonly leases: SegmentLeases;
  readonly deadLetters: DeadLetters;
  readonly processes: ProcessStore;
  declare readonly eventsBeside: EventsBeside;
  readonly #statements: ProjectionStatements;
  readonly #finds: FindStatements;
  readonly #bulk: ProjectionBulk;
  readonly #known: ReadModelCache;
  readonly #commits: ProjectionCommits;
  readonly #transactions: ProjectionTransactions;

  /**
   * `inside` knows which callers are part of a transaction; `appended` is called after the commit of one that may have
   * appended.
   */
  constructor(
    private readonly access: Access,
    events: { readonly beside: EventsBeside; readonly sender: AppendSender },
    inside: Inside,
    appended: () => void,
  ) {
    nameEventsBeside(this, events.beside);
    const { names, maxConnections, clock } = access.settings;
    const statements = projectionStatements(names);
    this.#statements = statements;
    this.#finds = new FindStatements(names);
    this.#known = new ReadModelCache(statements);
    this.leases = new PostgresLeases(access);
    this.#bulk = new PostgresBulk(access);
    const letters = new PostgresDeadLetters(access);
    this.deadLetters = letters;
    this.processes = new PostgresProcesses(access);
    const commits = new ProjectionCommits(maxConnections, statements, this.#known, letters, clock);
    this.#commits = commits;
    const sources = { statements, commits, letters, sender: events.sender };
    this.#transactions = new ProjectionTransactions(maxConnections, sources, inside, appended);
  }

  /** A getter on the prototype: a copy of the store with some methods replaced must not bypass them through it. */
  get bulk(): ProjectionBulk {
    return this.#bulk;
  }

  async prepare(schema: ReadModelSchema): Promise<void> {
    checkReadModel(schema);
    const { name, version } = schema;
    const wanted = knownSchema(schema);
    await this.access.run(async ({ ask }) => {
      const { indexes, revision, segments, sequenceBy, takenOver, replayUntil } = wanted;
      const shape = [JSON.stringify(indexes), revision, segments, sequenceBy, takenOverText(takenOver)];
      await ask(this.#statements.prepare, [name, version, ...shape, replayUntil]);
      this.#known.forget(name, version);
      const [row] = await ask(this.#statements.readModel, [name, version]);
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
    return this.access.run(async ({ ask }) => {
      for (;;) {
        const { model, resolved } = await this.#resolved(ask, readModel, version, query);
        const { statement, values } = this.#finds.of(model, resolved);
        const rows = await ask(statement, values);
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
    const sealed = sealedCommit(commit, { processes: true });
    return this.access.run(database => this.#commits.commit(database, sealed));
  }

  async versions(name: string): Promise<readonly ReadModelVersion[]> {
    const rows = isName(name) ? await this.access.ask(this.#statements.versions, [name]) : [];
    return rows.map(readModelVersion);
  }

  async transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    await this.#transactions.refuseInside();
    return this.access.run(database => this.#transactions.run(database, work));
  }

  async active(readModel: string): Promise<number | undefined> {
    return isName(readModel) ? this.#active(this.access.ask, readModel) : undefined;
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.access.run(async database => {
      if (await activatedOnly(database.ask, this.#statements, readModel, version)) return;
      await database.transaction(({ ask }) => activateVersion(ask, this.#statements, readModel, version));
    });
  }

  async drop(
    name: string,
    version: number,
    { unlessActive = false }: { readonly unlessActive?: boolean } = {},
  ): Promise<boolean> {
    if (!canBeReadModel(name, version)) return true;
    return this.access.run(async database => {
      await database.ask(this.#statements.shut, [name, version, unlessActive]);
      if (unlessActive && (await this.#active(database.ask, name)) === version) return false;
      await database.transaction(async ({ ask }) => {
        for (const statement of this.#statements.drop) await ask(statement, [name, version]);
      });
      await database.ask(this.#statements.dropProcess, [name]);
      this.#known.forget(name, version);
      return true;
    });
  }

  /** The cache may be outdated: a query is refused only by what is stored. */
  async #resolved(
    ask: Ask,
    readModel: string,
    version: number,
    query?: DocumentQuery,
  ): Promise<{ model: KnownReadModel; resolved: ResolvedQuery }> {
    const known = await this.#known.get(ask, readModel, version);
    try {
      return { model: known, resolved: resolveQuery(readModel, known.indexes, query) };
    } catch {
      this.#known.forget(readModel, version);
      const model = await this.#known.get(ask, readModel, version);
      return { model, resolved: resolveQuery(readModel, model.indexes, query) };
    }
  }

  async #active(ask: Ask, readModel: string): Promise<number | undefined> {
    const [row] = await ask(this.#statements.active, [readModel]);
    return row && Number(row[0]);
  }
}

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
  knownSchema,
  nameEventsBeside,
  type ProcessStore,
  type ProjectionBulk,
  type ProjectionCommit,
  type ProjectionStore,
  type ProjectionTransaction,
  type ReadModelSchema,
  type ReadModelVersion,
  resolveQuery,
  type SegmentLeases,
  sealedCommit,
  takenOverText,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import type { FileAccess } from '../connection/file-access';
import { inTransaction } from '../connection/in-transaction';
import type { SqliteSettings } from '../connection/options';
import { withoutDisk } from '../connection/without-disk';
import { ProjectionRecords, readDocuments } from './projection-records';
import { FindStatements } from './projection-statements';
import { SqliteBulk } from './sqlite-bulk';
import { SqliteDeadLetters } from './sqlite-dead-letters';
import { SqliteLeases } from './sqlite-leases';
import { SqliteProcesses } from './sqlite-processes';
import type { Transactions } from './transactions';

interface DocumentRow {
  readonly id: string;
  readonly document: string;
  readonly key?: string;
}

/** Keeps documents, checkpoints, leases, dead letters and processes in the file of the events. */
export class SqliteProjections implements ProjectionStore {
  readonly leases: SegmentLeases;
  readonly deadLetters: DeadLetters;
  readonly processes: ProcessStore;
  declare readonly eventsBeside: EventsBeside;
  readonly #records: ProjectionRecords;
  readonly #finds: FindStatements;
  readonly #bulk: ProjectionBulk;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly settings: SqliteSettings,
    private readonly access: FileAccess,
    private readonly transactions: Transactions,
    eventsBeside: EventsBeside,
  ) {
    nameEventsBeside(this, eventsBeside);
    this.#records = new ProjectionRecords(connection, settings.clock);
    this.#finds = new FindStatements(connection);
    this.leases = new SqliteLeases(connection, this.#records, settings, access);
    this.deadLetters = new SqliteDeadLetters(connection, this.#records.deadLetters, access);
    this.processes = new SqliteProcesses(connection, this.#records.processes, settings, access);
    this.#bulk = new SqliteBulk(connection, this.#records, settings, access);
  }

  /** A getter on the prototype: a copy of the store with some methods replaced must not bypass them through it. */
  get bulk(): ProjectionBulk {
    return this.#bulk;
  }

  async prepare(schema: ReadModelSchema): Promise<void> {
    checkReadModel(schema);
    const { name, version } = schema;
    const wanted = knownSchema(schema);
    await this.#write(() => {
      const known = this.#records.schema(name, version);
      if (known) return checkSameSchema({ name, version, ...wanted }, known);
      const { indexes, revision, segments, sequenceBy, takenOver, replayUntil } = wanted;
      const shape = [JSON.stringify(indexes), revision, segments, sequenceBy, takenOverText(takenOver)];
      this.#records.statements.addReadModel.run(name, version, ...shape, replayUntil);
    });
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const wanted = ids.filter(isName);
    const rows = await this.#read(() => this.#records.documents(readModel, version, wanted));
    return readDocuments(Array.from(rows));
  }

  async find(readModel: string, version: number, query?: DocumentQuery): Promise<DocumentPage> {
    const { resolved, rows } = await this.#read(() => {
      const resolved = resolveQuery(readModel, JSON.parse(this.#records.indexes(readModel, version)), query);
      const { statement, values } = this.#finds.of(readModel, version, resolved);
      return { resolved, rows: statement.all(...values) as DocumentRow[] };
    });
    return documentPage(
      Array.from(rows, ({ id, document, key = '' }) => ({ id, document, key })),
      resolved,
    );
  }

  async checkpoint(name: CheckpointName): Promise<bigint> {
    checkCheckpoint(name);
    return this.access.read(() => this.#records.checkpoint(name));
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    const sealed = sealedCommit(commit, { processes: true });
    const encoded = await this.access.read(() => this.#records.encoded(sealed));
    const write = (): CommitOutcome =>
      inTransaction(this.connection, 'begin immediate', () => this.#records.commit(encoded));
    // A power cut loses documents together with their checkpoint, and they are computed again. A decision might then
    // turn
    // out differently although its commands have already had effects, so it waits for the disk.
    const isDecided = sealed.process?.outputs.some(({ status }) => status === 'pending');
    return this.access.write(isDecided ? write : () => withoutDisk(this.connection, this.settings, write));
  }

  async active(readModel: string): Promise<number | undefined> {
    if (!isName(readModel)) return undefined;
    return this.access.read(() => this.#records.active(readModel));
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#write(() => this.#records.activate(readModel, version));
  }

  async drop(
    name: string,
    version: number,
    { unlessActive = false }: { readonly unlessActive?: boolean } = {},
  ): Promise<boolean> {
    if (!canBeReadModel(name, version)) return true;
    return this.#write(() => {
      if (unlessActive && this.#records.active(name) === version) return false;
      this.#records.drop(name, version);
      return true;
    });
  }

  async versions(name: string): Promise<readonly ReadModelVersion[]> {
    return this.access.read(() => this.#records.versions(name));
  }

  transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return this.transactions.run(work);
  }

  /** In one read transaction. */
  #read<T>(work: () => T): Promise<T> {
    return this.access.read(this.access.inOpenTransaction ? work : () => inTransaction(this.connection, 'begin', work));
  }

  #write<T>(work: () => T): Promise<T> {
    return this.access.write(() => inTransaction(this.connection, 'begin immediate', work));
  }
}

import type { Clock } from 'eventuality';
import { StoreClosedError } from 'eventuality/errors';
import type { DeadLetter, ParkedSequence } from 'eventuality/operations';
import {
  type CheckpointName,
  type CommitOutcome,
  checkCheckpoint,
  checkClaim,
  checkMember,
  checkReadModel,
  type DeadLetters,
  type DocumentPage,
  type DocumentQuery,
  findDocuments,
  letterPage,
  type ProjectionCommit,
  type ProjectionStore,
  type ProjectionTransaction,
  type ReadModelSchema,
  type ReadModelVersion,
  resolveQuery,
  type SegmentLeases,
  sealedCommit,
  sealPayload,
  systemClock,
  TransactionMutex,
} from 'eventuality/store-kit';
import { FileTransaction } from './file-transaction';
import { LinesFile } from './lines-file';
import { ProjectionRows } from './projection-rows';
import { type Change, Rows, Tables } from './rows';

/** A line of the file: all that one transaction has changed. */
interface Line {
  readonly changes: readonly Change[];
}

/**
 * Keeps what projections make of events in a file: a line for each transaction, so that it is there as a whole or not
 * at all. Everything is read into memory when the file is opened, and the file grows with each change. For one process
 * at a time: a second one is refused. Its transactions take no events, so that no projection can be `inline`.
 */
export class JsonLinesProjectionStore implements ProjectionStore {
  readonly #tables = new Tables();
  readonly #turns = new TransactionMutex();
  #closed = false;

  private constructor(
    lines: Iterable<string>,
    private readonly file: LinesFile,
    private readonly clock: Clock,
  ) {
    // Sealed, since documents are given out as they are: frozen.
    for (const line of lines)
      for (const change of sealPayload(JSON.parse(line) as Line, 'line').changes) this.#tables.take(change);
  }

  /** Opens a file; it is made with the first change. @throws DamagedFileError, FileInUseError */
  static open(path: string, clock: Clock = systemClock): JsonLinesProjectionStore {
    return LinesFile.open(path, (lines, file) => new JsonLinesProjectionStore(lines, file, clock));
  }

  async prepare(schema: ReadModelSchema): Promise<void> {
    checkReadModel(schema);
    const given = { ...schema, indexes: [...schema.indexes] };
    await this.#change(rows => rows.prepare(given));
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const documents = this.#stored.documents(readModel, version);
    return new Map(ids.flatMap(id => (documents.has(id) ? [[id, documents.get(id)!.document]] : [])));
  }

  // #region find
  async find(readModel: string, version: number, query?: DocumentQuery): Promise<DocumentPage> {
    const { indexes } = this.#stored.schema(readModel, version);
    return findDocuments(this.#stored.documents(readModel, version).values(), resolveQuery(readModel, indexes, query));
  }
  // #endregion find

  async checkpoint(name: CheckpointName): Promise<bigint> {
    checkCheckpoint(name);
    return this.#stored.checkpoint(name);
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    const sealed = sealedCommit(commit);
    return this.#change(rows => rows.commit(sealed));
  }

  async active(readModel: string): Promise<number | undefined> {
    return this.#stored.active(readModel);
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#change(rows => rows.activate(readModel, version));
  }

  async drop(name: string, version: number, { unlessActive = false } = {}): Promise<boolean> {
    return this.#change(rows => {
      if (unlessActive && rows.active(name) === version) return false;
      rows.drop(name, version);
      return true;
    });
  }

  async versions(name: string): Promise<readonly ReadModelVersion[]> {
    const stored = this.#stored;
    return Array.from(stored.versions(name), ([version, schema]) => ({
      ...{ version, ...schema },
      ...{ active: version === stored.active(name), closed: stored.isClosed(name, version) },
    }));
  }

  readonly leases: SegmentLeases = {
    claim: async ({ projection, version, segment }, { owner, duration, note }) => {
      checkClaim({ projection, version, segment }, { owner, duration, note });
      return this.#change(rows => {
        rows.refuseClosed(projection, version);
        const position = rows.checkpoint({ projection, version, segment });
        return rows.leases(projection, version).claim(segment, { owner, duration, note }, position);
      });
    },
    release: async ({ projection, version, segment }, { owner, fence }) => {
      checkCheckpoint({ projection, version, segment });
      await this.#change(rows => rows.leases(projection, version).release(segment, { owner, fence }));
    },
    join: async (projection, version, { owner, duration }) => {
      checkMember(projection, version, { owner, duration });
      return this.#change(rows => {
        rows.refuseClosed(projection, version);
        return rows.leases(projection, version).join({ owner, duration });
      });
    },
    members: async (projection, version) => this.#stored.leases(projection, version).members(),
    leave: (projection, version, owner) => this.#change(rows => rows.leases(projection, version).leave(owner)),
    segments: async (projection, version) =>
      this.#stored.leases(projection, version).segments(this.#stored.positions(projection, version)),
  };

  readonly deadLetters: DeadLetters = {
    sequences: async (name, segment): Promise<readonly ParkedSequence[]> =>
      this.#stored.deadLetters(name).sequences(segment),
    list: async (name, page = {}): Promise<readonly DeadLetter[]> => {
      const { after, limit } = letterPage(page);
      const letters = this.#stored.deadLetters(name).list({ sequence: page.sequence });
      return letters.filter(({ position }) => position > after).slice(0, limit);
    },
    retry: ({ projection, version }, sequence) =>
      this.#change(rows => rows.deadLetters({ projection, version }).retry({ sequence })),
    discard: ({ projection, version }, { sequence, position } = {}) =>
      this.#change(rows => rows.deadLetters({ projection, version }).discard({ sequence, position })),
  };

  async transaction<T>(work: (transaction: ProjectionTransaction) => Promise<T>): Promise<T> {
    return this.#change(rows => new FileTransaction(rows).run(work));
  }

  /** Ends what is under way, and gives the file back. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.over();
    this.file.close();
  }

  /** What is stored, for reading. */
  get #stored(): ProjectionRows {
    this.#refuseWhenClosed();
    return new ProjectionRows(new Rows(this.#tables), this.clock);
  }

  // #region change
  /** Runs work alone; what it has written is stored when it ends well. */
  async #change<T>(work: (rows: ProjectionRows) => T | Promise<T>): Promise<T> {
    this.#refuseWhenClosed();
    return this.#turns.alone(async () => {
      const rows = new Rows(this.#tables);
      const result = await work(new ProjectionRows(rows, this.clock));
      if (rows.changes.length > 0) this.file.add(JSON.stringify({ changes: rows.changes } satisfies Line));
      for (const change of rows.changes) this.#tables.take(change);
      return result;
    });
  }
  // #endregion change

  #refuseWhenClosed(): void {
    if (this.#closed) throw new StoreClosedError();
  }
}

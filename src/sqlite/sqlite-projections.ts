import {
  type CheckpointName,
  type CommitOutcome,
  canBeReadModel,
  checkCheckpoint,
  checkCommit,
  checkReadModel,
  checkSameIndexes,
  type DocumentPage,
  type DocumentQuery,
  documentPage,
  groupWrites,
  isName,
  type ProjectionCommit,
  type ProjectionStore,
  prepareWrites,
  type ReadModelSchema,
  resolveQuery,
  UnknownReadModelError,
  type WriteGroup,
} from '../store';
import type { SqliteConnection } from './driver';
import { rollBack } from './migrations';
import type { SqliteSettings } from './options';
import { FindStatements, keyValues, type ProjectionStatements, prepareProjectionStatements } from './projection-statements';
import { whenUnlocked } from './when-unlocked';
import { withoutDisk } from './without-disk';

interface DocumentRow {
  readonly id: string;
  readonly document: string;
  readonly key?: string;
}

/** What is to be written into one version of a read model, whose indexes, as they are stored, the keys go with. */
interface Page {
  readonly readModel: string;
  readonly version: number;
  readonly indexes: string;
  readonly rows: readonly { readonly id: string; readonly text: string | null; readonly keys: readonly (string | null)[] }[];
}

/** Keeps documents and checkpoints in the file of the events. */
export class SqliteProjections implements ProjectionStore {
  readonly #statements: ProjectionStatements;
  readonly #finds: FindStatements;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly settings: SqliteSettings,
    private readonly refuseWhenClosed: () => void,
  ) {
    this.#statements = prepareProjectionStatements(connection);
    this.#finds = new FindStatements(connection);
  }

  async prepare(schema: ReadModelSchema): Promise<void> {
    checkReadModel(schema);
    const { name, version, indexes } = schema;
    await this.#transaction('begin immediate', () => {
      const known = this.#statements.indexes.get(name, version) as { indexes: string } | undefined;
      if (known) checkSameIndexes(schema, JSON.parse(known.indexes));
      else this.#statements.addReadModel.run(name, version, JSON.stringify(indexes));
    });
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const rows = await this.#transaction('begin', () => {
      this.#indexes(readModel, version);
      return this.#statements.getDocuments.all(readModel, version, JSON.stringify(ids.filter(isName))) as DocumentRow[];
    });
    return new Map(Array.from(rows, ({ id, document }) => [id, JSON.parse(document)]));
  }

  async find(readModel: string, version: number, query?: DocumentQuery): Promise<DocumentPage> {
    const { resolved, rows } = await this.#transaction('begin', () => {
      const resolved = resolveQuery(readModel, JSON.parse(this.#indexes(readModel, version)), query);
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
    return this.#run(() => this.#checkpoint(name));
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    checkCommit(commit);
    const groups = groupWrites(commit.writes);
    const pages = await this.#run(() => groups.map(group => this.#page(group)));
    const { projection, version, segment } = commit.checkpoint;
    // A power cut takes the documents together with the checkpoint: what is lost is made again.
    return this.#transaction(
      'begin immediate',
      () => {
        // Another process may have dropped one, and prepared it with other indexes.
        for (const { readModel, version, indexes } of pages) {
          if (this.#indexes(readModel, version) !== indexes) throw new UnknownReadModelError(readModel, version);
        }
        const checkpoint = this.#checkpoint(commit.checkpoint);
        if (checkpoint !== commit.from) return { ok: false, checkpoint };
        for (const page of pages) this.#write(page);
        this.#statements.moveCheckpoint.run(projection, version, segment, commit.to);
        return { ok: true };
      },
      work => withoutDisk(this.connection, this.settings, work),
    );
  }

  async active(readModel: string): Promise<number | undefined> {
    if (!isName(readModel)) return undefined;
    return this.#run(() => (this.#statements.active.get(readModel) as { version: number } | undefined)?.version);
  }

  async activate(readModel: string, version: number): Promise<void> {
    await this.#transaction('begin immediate', () => {
      this.#indexes(readModel, version);
      this.#statements.activate.run(readModel, version);
    });
  }

  async drop(name: string, version: number): Promise<void> {
    if (!canBeReadModel(name, version)) return;
    const { dropReadModel, dropDocuments, dropCheckpoints, deactivate } = this.#statements;
    await this.#transaction('begin immediate', () => {
      for (const statement of [dropReadModel, dropDocuments, dropCheckpoints, deactivate]) statement.run(name, version);
    });
  }

  #checkpoint({ projection, version, segment }: CheckpointName): bigint {
    const row = this.#statements.checkpoint.get(projection, version, segment) as { position: string } | undefined;
    return BigInt(row?.position ?? 0);
  }

  #page(group: WriteGroup): Page {
    const { readModel, version } = group;
    const indexes = this.#indexes(readModel, version);
    const rows = prepareWrites(group, JSON.parse(indexes)).map(({ id, document, keys }): Page['rows'][number] => ({
      id,
      text: document && JSON.stringify(document),
      keys: keyValues(keys),
    }));
    return { readModel, version, indexes, rows };
  }

  #write({ readModel, version, rows }: Page): void {
    for (const { id, text, keys } of rows) {
      if (text === null) this.#statements.deleteDocument.run(readModel, version, id);
      else this.#statements.writeDocument.run(readModel, version, id, text, ...keys);
    }
  }

  /** Returns the indexes of a read model as they are stored. */
  #indexes(readModel: string, version: number): string {
    const found = canBeReadModel(readModel, version) ? this.#statements.indexes.get(readModel, version) : undefined;
    if (!found) throw new UnknownReadModelError(readModel, version);
    return (found as { indexes: string }).indexes;
  }

  /** Does all of the work at one moment of the file, or none of it. */
  #transaction<T>(begin: 'begin' | 'begin immediate', work: () => T, around: (work: () => T) => T = work => work()): Promise<T> {
    const whole = (): T => {
      this.connection.exec(begin);
      try {
        const result = work();
        this.connection.exec('commit');
        return result;
      } catch (error) {
        rollBack(this.connection);
        throw error;
      }
    };
    return this.#run(() => around(whole));
  }

  async #run<T>(work: () => T): Promise<T> {
    this.refuseWhenClosed();
    return whenUnlocked(this.settings, work, this.refuseWhenClosed);
  }
}

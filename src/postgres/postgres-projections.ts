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
  type PreparedWrite,
  type ProjectionCommit,
  type ProjectionStore,
  prepareWrites,
  type ReadModelSchema,
  type ResolvedQuery,
  resolveQuery,
  UnknownReadModelError,
  type WriteGroup,
} from '../store';
import type { Database, Row, Statement } from './database';
import type { RunWork } from './postgres-snapshots';
import { FindStatements, type IndexedReadModel, keyLists, type ProjectionStatements, projectionStatements } from './projection-statements';

/** A read model as this process last saw it. */
interface KnownReadModel extends IndexedReadModel {
  readonly indexes: readonly string[];
}

/** What is to be written into one version of a read model. */
interface Page {
  readonly model: KnownReadModel;
  readonly writes: readonly PreparedWrite[];
}

/** Keeps documents and checkpoints in tables beside the events. */
export class PostgresProjections implements ProjectionStore {
  readonly #statements: ProjectionStatements;
  readonly #finds: FindStatements;
  /** Saves asking; whatever is written or found on its strength is checked against what is stored. */
  readonly #known = new Map<string, KnownReadModel>();

  constructor(
    private readonly database: Database,
    private readonly run: RunWork,
  ) {
    this.#statements = projectionStatements(database.settings.names);
    this.#finds = new FindStatements(database.settings.names);
  }

  async prepare(schema: ReadModelSchema): Promise<void> {
    checkReadModel(schema);
    const { name, version, indexes } = schema;
    await this.run(async () => {
      await this.#ask(this.#statements.prepare, [name, version, JSON.stringify(indexes)]);
      this.#known.delete(keyOf(name, version));
      checkSameIndexes(schema, (await this.#readModel(name, version)).indexes);
    });
  }

  async get(readModel: string, version: number, ids: readonly string[]): Promise<ReadonlyMap<string, object>> {
    if (!canBeReadModel(readModel, version)) throw new UnknownReadModelError(readModel, version);
    const rows = await this.run(() => this.#ask(this.#statements.get, [readModel, version, ids.filter(isName)]));
    if (rows.length === 0) throw new UnknownReadModelError(readModel, version);
    return new Map(found(rows).map(({ id, document }) => [id, JSON.parse(document) as object]));
  }

  async find(readModel: string, version: number, query?: DocumentQuery): Promise<DocumentPage> {
    return this.run(async () => {
      for (;;) {
        const { model, resolved } = await this.#resolved(readModel, version, query);
        const { statement, values } = this.#finds.of(model, resolved);
        const rows = await this.#ask(statement, values);
        if (rows.length > 0) return documentPage(found(rows), resolved);
        // Dropped by another process, and perhaps prepared with other indexes.
        this.#known.delete(keyOf(readModel, version));
      }
    });
  }

  async checkpoint(name: CheckpointName): Promise<bigint> {
    checkCheckpoint(name);
    return this.run(() => this.#checkpoint(name));
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    checkCommit(commit);
    const groups = groupWrites(commit.writes);
    return this.run(() => this.#commit(commit, groups));
  }

  async active(readModel: string): Promise<number | undefined> {
    const [row] = isName(readModel) ? await this.run(() => this.#ask(this.#statements.active, [readModel])) : [];
    return row && Number(row[0]);
  }

  async activate(readModel: string, version: number): Promise<void> {
    const values = [readModel, version];
    const [row] = canBeReadModel(readModel, version) ? await this.run(() => this.#ask(this.#statements.activate, values)) : [];
    if (!row) throw new UnknownReadModelError(readModel, version);
  }

  async drop(name: string, version: number): Promise<void> {
    if (!canBeReadModel(name, version)) return;
    const dropAll = (): Promise<void> =>
      this.database.transaction(async client => {
        for (const statement of this.#statements.drop) await this.database.askOnRaw(client, statement, [name, version]);
      });
    await this.run(() => this.database.again(dropAll));
    this.#known.delete(keyOf(name, version));
  }

  /** What is known may be outdated: a query is refused only for what is stored. */
  async #resolved(readModel: string, version: number, query?: DocumentQuery): Promise<{ model: KnownReadModel; resolved: ResolvedQuery }> {
    const known = await this.#readModel(readModel, version);
    try {
      return { model: known, resolved: resolveQuery(readModel, known.indexes, query) };
    } catch {
      this.#known.delete(keyOf(readModel, version));
      const model = await this.#readModel(readModel, version);
      return { model, resolved: resolveQuery(readModel, model.indexes, query) };
    }
  }

  async #commit(commit: ProjectionCommit, groups: readonly WriteGroup[]): Promise<CommitOutcome> {
    const { checkpoint, from } = commit;
    const statement = from === 0n ? this.#statements.firstCommit : this.#statements.nextCommit;
    for (;;) {
      const [row] = await this.#ask(statement, commitValues(commit, await this.#pages(groups)));
      if (row![0] === '1') return { ok: true };
      // Either the checkpoint is elsewhere, or a read model is no longer what it was.
      for (const { readModel, version } of groups) this.#known.delete(keyOf(readModel, version));
      for (const { readModel, version } of groups) await this.#readModel(readModel, version);
      const actual = await this.#checkpoint(checkpoint);
      if (actual !== from) return { ok: false, checkpoint: actual };
    }
  }

  async #checkpoint({ projection, version, segment }: CheckpointName): Promise<bigint> {
    const [row] = await this.#ask(this.#statements.checkpoint, [projection, version, segment]);
    return BigInt(row?.[0] ?? 0);
  }

  async #pages(groups: readonly WriteGroup[]): Promise<Page[]> {
    const pages: Page[] = [];
    for (const group of groups) {
      const model = await this.#readModel(group.readModel, group.version);
      pages.push({ model, writes: prepareWrites(group, model.indexes) });
    }
    return pages;
  }

  async #readModel(name: string, version: number): Promise<KnownReadModel> {
    const key = keyOf(name, version);
    const known = this.#known.get(key);
    if (known) return known;
    const [row] = canBeReadModel(name, version) ? await this.#ask(this.#statements.indexes, [name, version]) : [];
    if (!row) throw new UnknownReadModelError(name, version);
    const [text] = row as string[];
    const found = { name, version, text: text!, indexes: JSON.parse(text!) as string[] };
    this.#known.set(key, found);
    return found;
  }

  /** Asks until there is an answer: all of it may happen twice without harm. */
  #ask(question: Statement, values: unknown[]): Promise<readonly Row[]> {
    return this.database.askAgain(question, values);
  }
}

/** Takes rows of documents apart: there is one of nulls where nothing was found. */
const found = (rows: readonly Row[]): { id: string; document: string; key: string }[] =>
  rows.flatMap(([id, document, key]) => (id == null ? [] : [{ id, document: document!, key: key! }]));

function commitValues({ checkpoint, from, to }: ProjectionCommit, pages: readonly Page[]): unknown[] {
  const models = pages.map(({ model }) => model);
  const placed = pages.flatMap(({ writes }, index) => writes.map(write => ({ place: index + 1, ...write })));
  const written = placed.filter(({ document }) => document !== null);
  const deleted = placed.filter(({ document }) => document === null);
  return [
    ...[models.map(({ name }) => name), models.map(({ version }) => version), models.map(({ text }) => text)],
    ...[checkpoint.projection, checkpoint.version, checkpoint.segment, from, to],
    ...[written.map(({ place }) => place), written.map(({ id }) => id), JSON.stringify(written.map(({ document }) => document))],
    ...[deleted.map(({ place }) => place), deleted.map(({ id }) => id)],
    ...keyLists(written),
  ];
}

const keyOf = (name: string, version: number): string => JSON.stringify([name, version]);

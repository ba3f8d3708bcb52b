import { compareTexts } from './document-keys';
import { type DocumentPlace, type ResolvedQuery, resolveQuery } from './document-query';
import {
  checkCheckpoint,
  checkCommit,
  checkReadModel,
  checkSameIndexes,
  groupWrites,
  type PreparedWrite,
  prepareWrites,
} from './projection-checks';
import { UnknownReadModelError } from './projection-errors';
import type {
  CheckpointName,
  CommitOutcome,
  DocumentPage,
  DocumentQuery,
  ProjectionCommit,
  ProjectionStore,
  ReadModelSchema,
} from './projection-store';

interface Entry {
  readonly id: string;
  readonly document: object;
  readonly keys: readonly string[];
}

/** One version of a read model. */
class Documents {
  readonly #byId = new Map<string, Entry>();
  /** All entries, by what they were ordered by last; gone with the next write. */
  readonly #sorted = new Map<number | undefined, readonly Entry[]>();

  constructor(readonly indexes: readonly string[]) {}

  get(id: string): object | undefined {
    return this.#byId.get(id)?.document;
  }

  write(writes: readonly PreparedWrite[]): void {
    for (const { id, document, keys } of writes) {
      if (document === null) this.#byId.delete(id);
      else this.#byId.set(id, { id, document, keys });
    }
    this.#sorted.clear();
  }

  find({ filters, order, descending, limit, after, cursor }: ResolvedQuery): DocumentPage {
    const entries = this.#inOrder(order);
    const place = ({ id, keys }: Entry): DocumentPlace => ({ key: order === undefined ? '' : keys[order]!, id });
    const wanted = filters.map(({ index, keys }) => ({ index, keys: new Set(keys) }));
    const step = descending ? -1 : 1;
    const found: Entry[] = [];
    for (let at = descending ? entries.length - 1 : 0; found.length <= limit && entries[at] !== undefined; at += step) {
      const entry = entries[at]!;
      if (after && comparePlaces(place(entry), after) * step <= 0) continue;
      if (wanted.every(({ index, keys }) => keys.has(entry.keys[index]!))) found.push(entry);
    }
    const items = found.slice(0, limit).map(({ id, document }) => ({ id, document }));
    return { items, cursor: found.length > limit ? cursor(place(found[limit - 1]!)) : undefined };
  }

  #inOrder(order: number | undefined): readonly Entry[] {
    let entries = this.#sorted.get(order);
    if (!entries) {
      const byKey = (one: Entry, other: Entry): number => (order === undefined ? 0 : compareTexts(one.keys[order]!, other.keys[order]!));
      entries = [...this.#byId.values()].sort((one, other) => byKey(one, other) || compareTexts(one.id, other.id));
      this.#sorted.set(order, entries);
    }
    return entries;
  }
}

const comparePlaces = (one: DocumentPlace, other: DocumentPlace): number =>
  compareTexts(one.key, other.key) || compareTexts(one.id, other.id);

/** Keeps documents and checkpoints in the memory of the process: complete in its semantics, gone when the process ends. */
export class InMemoryProjectionStore implements ProjectionStore {
  readonly #readModels = new Map<string, Documents>();
  readonly #checkpoints = new Map<string, Map<number, bigint>>();
  readonly #active = new Map<string, number>();

  async prepare(schema: ReadModelSchema): Promise<void> {
    checkReadModel(schema);
    const key = keyOf(schema.name, schema.version);
    const known = this.#readModels.get(key);
    if (known) checkSameIndexes(schema, known.indexes);
    else this.#readModels.set(key, new Documents([...schema.indexes]));
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
    return documents.find(resolveQuery(readModel, documents.indexes, query));
  }

  async checkpoint(name: CheckpointName): Promise<bigint> {
    checkCheckpoint(name);
    return this.#checkpoint(name);
  }

  async commit(commit: ProjectionCommit): Promise<CommitOutcome> {
    checkCommit(commit);
    const { checkpoint, from, to } = commit;
    const prepared = groupWrites(commit.writes).map(group => {
      const documents = this.#documents(group.readModel, group.version);
      return { documents, writes: prepareWrites(group, documents.indexes) };
    });
    const actual = this.#checkpoint(checkpoint);
    if (actual !== from) return { ok: false, checkpoint: actual };
    for (const { documents, writes } of prepared) documents.write(writes);
    const key = keyOf(checkpoint.projection, checkpoint.version);
    const segments = this.#checkpoints.get(key) ?? new Map<number, bigint>();
    this.#checkpoints.set(key, segments.set(checkpoint.segment, to));
    return { ok: true };
  }

  async active(readModel: string): Promise<number | undefined> {
    return this.#active.get(readModel);
  }

  async activate(readModel: string, version: number): Promise<void> {
    this.#documents(readModel, version);
    this.#active.set(readModel, version);
  }

  async drop(name: string, version: number): Promise<void> {
    this.#readModels.delete(keyOf(name, version));
    this.#checkpoints.delete(keyOf(name, version));
    if (this.#active.get(name) === version) this.#active.delete(name);
  }

  #documents(readModel: string, version: number): Documents {
    const documents = this.#readModels.get(keyOf(readModel, version));
    if (!documents) throw new UnknownReadModelError(readModel, version);
    return documents;
  }

  #checkpoint({ projection, version, segment }: CheckpointName): bigint {
    return this.#checkpoints.get(keyOf(projection, version))?.get(segment) ?? 0n;
  }
}

const keyOf = (name: string, version: number): string => JSON.stringify([name, version]);

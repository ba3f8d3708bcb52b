import { type Clock, isName, isoTime } from '../../../messages';
import {
  type CheckpointName,
  type CommitOutcome,
  canBeReadModel,
  type DocumentRead,
  InvalidCommitError,
  type KnownSchema,
  prepareWrites,
  type ReadModelVersion,
  type SealedCommit,
  takenOverOf,
  UnknownReadModelError,
  type WriteGroup,
} from '../../../store';
import type { SqliteConnection } from '../connection/driver';
import { resultCode } from '../connection/result-code';
import { runWork } from '../connection/user-work';
import { reasonOf } from '../errors';
import { DeadLetterRecords } from './dead-letter-records';
import { LeaseRecords } from './lease-records';
import { ProcessRecords } from './process-records';
import { type ProjectionStatements, prepareProjectionStatements } from './projection-statements';

/** The writes to one version of a read model, with keys for its stored indexes. */
interface Page {
  readonly readModel: string;
  readonly version: number;
  readonly indexes: string;
  readonly rows: readonly { readonly id: string; readonly text: string | null; readonly keys: readonly string[] }[];
}

/** A commit with its documents encoded. */
export interface EncodedCommit extends SealedCommit {
  readonly pages: readonly Page[];
}

/** The texts of the documents that were read, as long as the objects are in use. */
const texts = new WeakMap<object, string>();

/** Returns documents by id; a commit can compare their state. */
export function readDocuments(
  rows: readonly { readonly id: string; readonly document: string }[],
): ReadonlyMap<string, object> {
  const found = new Map<string, object>();
  for (const { id, document: text } of rows) {
    const document = JSON.parse(text) as object;
    texts.set(document, text);
    found.set(id, document);
  }
  return found;
}

const OF_CONTENT: ReadonlySet<string | undefined> = new Set([
  'SQLITE_TOOBIG',
  'SQLITE_CONSTRAINT',
  'SQLITE_MISMATCH',
  'SQLITE_RANGE',
]);

/**
 * Encodes or writes contents.
 * @throws InvalidCommitError for contents that SQLite never accepts: a retry is of no use
 */
function refusing<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof RangeError) && !OF_CONTENT.has(resultCode(error))) throw error;
    throw new InvalidCommitError([`SQLite does not take its contents: ${reasonOf(error)}.`], error);
  }
}

/** The schema of a version as it is stored. */
export interface ReadModelRow {
  readonly indexes: string;
  readonly revision: number;
  readonly segments: number;
  readonly sequence_by: string;
  readonly taken_over: string;
}

const schemaOf = ({
  indexes,
  revision,
  segments,
  sequence_by,
  taken_over,
}: ReadModelRow): Omit<KnownSchema, 'replayUntil'> => ({
  ...{ indexes: JSON.parse(indexes), revision, segments, sequenceBy: sequence_by, takenOver: takenOverOf(taken_over) },
});

interface VersionRow extends ReadModelRow {
  readonly version: number;
  readonly replayUntil: string;
  /** The version that readers see. */
  readonly active: number | null;
}

/** Reads and writes the data of projections through one connection; writes need an open transaction. */
export class ProjectionRecords {
  readonly leases: LeaseRecords;
  readonly deadLetters: DeadLetterRecords;
  readonly processes: ProcessRecords;
  readonly statements: ProjectionStatements;

  constructor(
    private readonly connection: SqliteConnection,
    private readonly clock: Clock,
  ) {
    this.leases = new LeaseRecords(connection);
    this.deadLetters = new DeadLetterRecords(connection);
    this.processes = new ProcessRecords(connection);
    this.statements = prepareProjectionStatements(connection);
  }

  checkpoint({ projection, version, segment }: CheckpointName): bigint {
    const row = this.statements.checkpoint.get(projection, version, segment) as { position: string } | undefined;
    return BigInt(row?.position ?? 0);
  }

  schema(name: string, version: number): Omit<KnownSchema, 'replayUntil'> | undefined {
    const row = this.statements.readModel.get(name, version) as ReadModelRow | undefined;
    return row && schemaOf(row);
  }

  /** Returns the stored indexes of a read model. @throws UnknownReadModelError */
  indexes(readModel: string, version: number): string {
    const found = canBeReadModel(readModel, version) ? this.statements.readModel.get(readModel, version) : undefined;
    if (!found) throw new UnknownReadModelError(readModel, version);
    return (found as ReadModelRow).indexes;
  }

  /** @throws UnknownReadModelError if a version accepts no writes: it does not exist, or readers see a later one */
  refuseClosed(name: string, version: number): void {
    if (!this.isOpen(name, version)) throw new UnknownReadModelError(name, version);
  }

  /** Tells whether a version accepts commits and claims. */
  isOpen(name: string, version: number): boolean {
    return this.statements.openReadModel.get(name, version) !== undefined;
  }

  /** Returns the versions that were prepared and not dropped, ascending. */
  versions(name: string): ReadModelVersion[] {
    const rows = isName(name) ? (this.statements.versions.all(name) as VersionRow[]) : [];
    return Array.from(rows, row => ({
      version: row.version,
      ...{ ...schemaOf(row), replayUntil: BigInt(row.replayUntil) },
      ...{ active: row.version === row.active, closed: row.version < (row.active ?? 0) },
    }));
  }

  /** Returns documents as JSON. @throws UnknownReadModelError */
  documents(
    readModel: string,
    version: number,
    ids: readonly string[],
  ): readonly { readonly id: string; readonly document: string }[] {
    this.indexes(readModel, version);
    return this.statements.getDocuments.all(readModel, version, JSON.stringify(ids)) as {
      id: string;
      document: string;
    }[];
  }

  /** Encodes the writes of a commit, which needs no transaction. @throws UnknownReadModelError */
  encoded(commit: SealedCommit): EncodedCommit {
    return { ...commit, pages: commit.groups.map(group => refusing(() => this.#page(group))) };
  }

  commit(commit: EncodedCommit): CommitOutcome {
    const { checkpoint, pages, fence } = commit;
    this.refuseClosed(checkpoint.projection, checkpoint.version);
    // Another process may have dropped one, and prepared it with other indexes.
    for (const { readModel, version, indexes } of pages) {
      if (this.indexes(readModel, version) !== indexes) throw new UnknownReadModelError(readModel, version);
      if (readModel !== checkpoint.projection || version !== checkpoint.version) this.refuseClosed(readModel, version);
    }
    const position = this.checkpoint(checkpoint);
    const fenced = fence !== undefined && !this.leases.holds(checkpoint, fence);
    if (fenced || position !== commit.from) return { ok: false, checkpoint: position, fenced };
    const isParked = commit.retried === undefined || this.deadLetters.isParked(checkpoint, commit.retried);
    if (!isParked || !commit.reads.every(read => this.#isAsRead(read)))
      return { ok: false, checkpoint: position, fenced, outdated: true };
    runWork(commit.work, this.connection);
    const at = isoTime(this.clock.now());
    refusing(() => {
      for (const page of pages) this.#write(page);
      if (commit.process) this.processes.change(checkpoint.projection, commit.process, at);
    });
    this.deadLetters.unpark(checkpoint, commit.unpark);
    this.deadLetters.park(checkpoint, commit.park, at);
    if (commit.answers) this.deadLetters.answer(checkpoint, commit.answers);
    this.statements.moveCheckpoint.run(checkpoint.projection, checkpoint.version, checkpoint.segment, commit.to);
    return { ok: true };
  }

  active(readModel: string): number | undefined {
    return (this.statements.active.get(readModel) as { version: number } | undefined)?.version;
  }

  /** Switches readers to a version, unless they see a later one. @throws UnknownReadModelError */
  activate(readModel: string, version: number): void {
    this.indexes(readModel, version);
    if (version < (this.active(readModel) ?? 0)) return;
    this.statements.activate.run(readModel, version);
    this.statements.closeLower.run(readModel, version);
  }

  drop(name: string, version: number): void {
    const { dropReadModel, dropDocuments, dropCheckpoints, deactivate } = this.statements;
    for (const statement of [dropReadModel, dropDocuments, dropCheckpoints, deactivate]) statement.run(name, version);
    this.leases.drop(name, version);
    this.deadLetters.drop(name, version);
    this.processes.drop(name);
  }

  #isAsRead({ readModel, version, id, document }: DocumentRead): boolean {
    const row = this.statements.getDocument.get(readModel, version, id) as { document: string } | undefined;
    return row?.document === (document === null ? undefined : (texts.get(document) ?? null));
  }

  #page(group: WriteGroup): Page {
    const { readModel, version } = group;
    const indexes = this.indexes(readModel, version);
    const rows = prepareWrites(group, JSON.parse(indexes)).map(({ id, document, keys }): Page['rows'][number] => ({
      id,
      text: document && JSON.stringify(document),
      keys,
    }));
    return { readModel, version, indexes, rows };
  }

  #write({ readModel, version, rows }: Page): void {
    for (const { id, text, keys } of rows) {
      if (text === null) this.statements.deleteDocument.run(readModel, version, id);
      else this.statements.writeDocument[keys.length]!.run(readModel, version, id, text, ...keys);
    }
  }
}

import type { Clock } from '../../messages';
import { checkSameSchema, knownSchema, type PreparedWrite, prepareWrites } from '../kit/projections/projection-checks';
import type { SealedCommit } from '../kit/projections/sealed-commit';
import type { CheckpointName, CommitOutcome } from '../ports/projection-commit';
import { UnknownReadModelError } from '../ports/projection-errors';
import type { ReadModelSchema } from '../ports/projection-store';
import type { InMemoryAccess } from './in-memory-access';
import { InMemoryDeadLetters } from './in-memory-dead-letters';
import { InMemoryDocuments } from './in-memory-documents';
import { InMemoryLeases } from './in-memory-leases';
import { InMemoryProcesses } from './in-memory-processes';

/** The writes of a commit, with the keys of its documents. */
export interface ReadyCommit extends SealedCommit {
  readonly pages: readonly { readonly documents: InMemoryDocuments; readonly writes: readonly PreparedWrite[] }[];
}

/** Returns the current document. */
export type ReadNow = (documents: InMemoryDocuments, id: string) => object | null | undefined;

/** The committed data of projections in memory. */
export class InMemoryProjectionState {
  readonly leases: InMemoryLeases;
  readonly deadLetters: InMemoryDeadLetters;
  readonly processes: InMemoryProcesses;
  readonly #active = new Map<string, number>();
  readonly #readModels = new Map<string, Map<number, InMemoryDocuments>>();
  readonly #checkpoints = new Map<string, Map<number, bigint>>();

  constructor(clock: Clock, access: InMemoryAccess) {
    this.leases = new InMemoryLeases(clock, access, {
      positions: (projection, version) => this.#positions(projection, version),
      refuseClosed: (projection, version) => this.refuseClosed(projection, version),
    });
    this.deadLetters = new InMemoryDeadLetters(clock, access);
    this.processes = new InMemoryProcesses(clock, access);
  }

  prepare(schema: ReadModelSchema): void {
    const versions = this.versions(schema.name);
    const known = versions.get(schema.version);
    if (known) checkSameSchema(schema, known.schema);
    else
      this.#readModels.set(
        schema.name,
        new Map([...versions, [schema.version, new InMemoryDocuments(knownSchema(schema))]]),
      );
  }

  versions(name: string): ReadonlyMap<number, InMemoryDocuments> {
    return this.#readModels.get(name) ?? new Map<number, InMemoryDocuments>();
  }

  documents(readModel: string, version: number): InMemoryDocuments {
    const documents = this.versions(readModel).get(version);
    if (!documents) throw new UnknownReadModelError(readModel, version);
    return documents;
  }

  active(name: string): number | undefined {
    return this.#active.get(name);
  }

  isClosed(name: string, version: number): boolean {
    return version < (this.#active.get(name) ?? 0);
  }

  /** @throws UnknownReadModelError if a version accepts no writes: it does not exist, or readers see a later one */
  refuseClosed(name: string, version: number): void {
    this.documents(name, version);
    if (this.isClosed(name, version)) throw new UnknownReadModelError(name, version);
  }

  /** @throws UnknownReadModelError */
  activate(name: string, version: number): void {
    this.documents(name, version);
    if (this.isClosed(name, version)) return;
    this.#active.set(name, version);
    for (const lower of this.versions(name).keys()) if (lower < version) this.#checkpoints.delete(keyOf(name, lower));
  }

  checkpoint({ projection, version, segment }: CheckpointName): bigint {
    return this.#positions(projection, version).get(segment) ?? 0n;
  }

  /** @throws UnknownReadModelError */
  ready(commit: SealedCommit): ReadyCommit {
    this.refuseClosed(commit.checkpoint.projection, commit.checkpoint.version);
    const pages = commit.groups.map(group => {
      this.refuseClosed(group.readModel, group.version);
      const documents = this.documents(group.readModel, group.version);
      return { documents, writes: prepareWrites(group, documents.schema.indexes) };
    });
    return { ...commit, pages };
  }

  /** Returns why a commit must be refused, given its checkpoint's position; undefined if it may be kept. */
  refusal(
    { checkpoint, from, fence, reads, retried }: SealedCommit,
    position: bigint,
    read: ReadNow = this.#readNow,
  ): CommitOutcome | undefined {
    const fenced = fence !== undefined && !this.leases.holds(checkpoint, fence);
    if (fenced || position !== from) return { ok: false, checkpoint: position, fenced };
    const isAsRead = reads.every(
      each => (read(this.documents(each.readModel, each.version), each.id) ?? null) === each.document,
    );
    const isParked = retried === undefined || this.deadLetters.isParked(checkpoint, retried);
    const outdated = !isAsRead || !isParked;
    return outdated ? { ok: false, checkpoint: position, fenced, outdated } : undefined;
  }

  keep({ checkpoint, to, pages, process, ...letters }: ReadyCommit): void {
    for (const { documents, writes } of pages) documents.write(writes);
    this.deadLetters.change(checkpoint, letters);
    if (process) this.processes.change(checkpoint.projection, process);
    const { projection, version, segment } = checkpoint;
    const key = keyOf(projection, version);
    const positions = this.#checkpoints.get(key);
    if (positions) positions.set(segment, to);
    else this.#checkpoints.set(key, new Map([[segment, to]]));
  }

  drop(name: string, version: number): void {
    const versions = new Map(this.versions(name));
    versions.delete(version);
    if (versions.size > 0) this.#readModels.set(name, versions);
    else {
      this.#readModels.delete(name);
      this.processes.drop(name);
    }
    this.#checkpoints.delete(keyOf(name, version));
    this.leases.drop(name, version);
    this.deadLetters.drop(name, version);
    if (this.#active.get(name) === version) this.#active.delete(name);
  }

  readonly #readNow: ReadNow = (documents, id) => documents.get(id);

  #positions(projection: string, version: number): ReadonlyMap<number, bigint> {
    return this.#checkpoints.get(keyOf(projection, version)) ?? new Map<number, bigint>();
  }
}

const keyOf = (name: string, version: number): string => JSON.stringify([name, version]);

import type { Clock } from 'eventuality';
import { UnknownReadModelError } from 'eventuality/errors';
import {
  type CheckpointName,
  type CommitOutcome,
  checkSameSchema,
  type HeldDocument,
  isoTime,
  type KnownSchema,
  knownSchema,
  type ParkedName,
  prepareWrites,
  type ReadModelSchema,
  type SealedCommit,
  takenOverOf,
  takenOverText,
} from 'eventuality/store-kit';
import { DeadLetterRows } from './dead-letter-rows';
import { LeaseRows } from './lease-rows';
import type { Rows } from './rows';

/** A schema as plain data, without a bigint. */
type SchemaRow = Omit<KnownSchema, 'takenOver' | 'replayUntil'> & {
  readonly takenOver: string;
  readonly replayUntil: string;
};

/** What projections keep, as rows of one transaction. */
export class ProjectionRows {
  constructor(
    private readonly rows: Rows,
    private readonly clock: Clock,
  ) {}

  prepare(schema: ReadModelSchema): void {
    const known = this.versions(schema.name).get(schema.version);
    if (known) {
      checkSameSchema(schema, known);
      return;
    }
    const { takenOver, replayUntil, ...more } = knownSchema(schema);
    const row: SchemaRow = { ...more, takenOver: takenOverText(takenOver), replayUntil: String(replayUntil) };
    this.rows.set(tableOf('versions', schema.name), schema.version, row);
  }

  versions(name: string): ReadonlyMap<number, KnownSchema> {
    const rows = [...this.rows.all<SchemaRow>(tableOf('versions', name))];
    const versions = rows.map(([version, row]): [number, KnownSchema] => [
      Number(version),
      { ...row, takenOver: takenOverOf(row.takenOver), replayUntil: BigInt(row.replayUntil) },
    ]);
    return new Map(versions.sort(([one], [other]) => one - other));
  }

  /** @throws UnknownReadModelError */
  schema(readModel: string, version: number): KnownSchema {
    const schema = this.versions(readModel).get(version);
    if (!schema) throw new UnknownReadModelError(readModel, version);
    return schema;
  }

  active(name: string): number | undefined {
    return this.rows.get<number>('active', name);
  }

  isClosed(name: string, version: number): boolean {
    return version < (this.active(name) ?? 0);
  }

  /** @throws UnknownReadModelError where a version takes nothing: it is not known, or readers see a later one */
  refuseClosed(name: string, version: number): void {
    this.schema(name, version);
    if (this.isClosed(name, version)) throw new UnknownReadModelError(name, version);
  }

  activate(name: string, version: number): void {
    this.schema(name, version);
    if (this.isClosed(name, version)) return;
    this.rows.set('active', name, version);
    for (const lower of this.versions(name).keys())
      if (lower < version) this.rows.clear(tableOf('checkpoints', name, lower));
  }

  drop(name: string, version: number): void {
    this.rows.set(tableOf('versions', name), version, null);
    this.rows.clear(tableOf('documents', name, version));
    this.rows.clear(tableOf('checkpoints', name, version));
    this.leases(name, version).clear();
    this.deadLetters({ projection: name, version }).clear();
    if (this.active(name) === version) this.rows.set('active', name, null);
  }

  /** By id. */
  documents(readModel: string, version: number): ReadonlyMap<string, HeldDocument> {
    this.schema(readModel, version);
    return this.rows.all<HeldDocument>(tableOf('documents', readModel, version));
  }

  positions(projection: string, version: number): ReadonlyMap<number, bigint> {
    const rows = this.rows.all<string>(tableOf('checkpoints', projection, version));
    return new Map(Array.from(rows, ([segment, position]) => [Number(segment), BigInt(position)]));
  }

  checkpoint({ projection, version, segment }: CheckpointName): bigint {
    return this.positions(projection, version).get(segment) ?? 0n;
  }

  leases(projection: string, version: number): LeaseRows {
    return new LeaseRows(this.rows, this.clock, projection, version);
  }

  deadLetters(name: ParkedName): DeadLetterRows {
    return new DeadLetterRows(this.rows, name);
  }

  /** Writes a commit, unless it must not be kept. @throws UnknownReadModelError, and what its work throws */
  async commit(commit: SealedCommit): Promise<CommitOutcome> {
    const { checkpoint, groups, to, work } = commit;
    const { projection, version, segment } = checkpoint;
    for (const group of [{ readModel: projection, version }, ...groups])
      this.refuseClosed(group.readModel, group.version);
    const refusal = this.#refusal(commit);
    if (refusal) return refusal;
    for (const each of work) await each(undefined);
    for (const group of groups) {
      const { indexes } = this.schema(group.readModel, group.version);
      for (const { id, document, keys } of prepareWrites(group, indexes))
        this.rows.set(tableOf('documents', group.readModel, group.version), id, document && { id, document, keys });
    }
    this.deadLetters(checkpoint).commit(checkpoint, commit, isoTime(this.clock.now()));
    this.rows.set(tableOf('checkpoints', projection, version), segment, String(to));
    return { ok: true };
  }

  #refusal({ checkpoint, from, fence, reads, retried }: SealedCommit): CommitOutcome | undefined {
    const position = this.checkpoint(checkpoint);
    const leases = this.leases(checkpoint.projection, checkpoint.version);
    const fenced = fence !== undefined && !leases.holds(checkpoint.segment, fence);
    if (fenced || position !== from) return { ok: false, checkpoint: position, fenced };
    const outdated =
      reads.some(
        read => (this.documents(read.readModel, read.version).get(read.id)?.document ?? null) !== read.document,
      ) ||
      (retried !== undefined && !this.deadLetters(checkpoint).isParked(checkpoint, retried));
    return outdated ? { ok: false, checkpoint: position, fenced, outdated } : undefined;
  }
}

const tableOf = (...name: readonly (string | number)[]): string => JSON.stringify(name);

import { isName, MAX_NAME_LENGTH, shownValue, shownWithType } from '../../../messages';
import type { CheckpointName, DocumentWrite, ProjectionCommit } from '../../ports/projection-commit';
import { InvalidCommitError, InvalidReadModelError } from '../../ports/projection-errors';
import type { ReadModelSchema } from '../../ports/projection-store';
import type { TakenOverSegments } from '../../ports/read-model-version';
import { documentKeys } from '../documents/document-keys';
import { checkDeadLetters } from './dead-letter-checks';
import { plainDocument } from './plain-document';
import { checkProcessChanges } from './process-fields';
import { takenOverText } from './taken-over';

/** The maximum number of indexes of a read model. */
export const MAX_INDEXES = 8;

/** The maximum number of segments of a version. */
const MAX_SEGMENTS = 256;

const MAX_VERSION = 2 ** 31 - 1;
const MAX_POSITION = 2n ** 63n - 1n;

/** Refuses a schema that no store can accept. For store authors. @throws InvalidReadModelError */
export function checkReadModel({ name, version, indexes, revision = 1, segments = 1, ...more }: ReadModelSchema): void {
  const { sequenceBy = 'aggregate', takenOver = [], replayUntil = 0n } = more;
  const faults: string[] = [];
  if (!isName(name)) faults.push(nameFault('name', name));
  if (!isVersion(version)) faults.push(versionFault('version', version));
  if (!isVersion(revision)) faults.push(versionFault('revision', revision));
  if (!isVersion(segments) || segments > MAX_SEGMENTS) {
    faults.push(`segments is ${shownValue(segments)}; it must be an integer from 1 to ${MAX_SEGMENTS}.`);
  }
  if (!isName(sequenceBy)) faults.push(nameFault('sequenceBy', sequenceBy));
  faults.push(...takenOverFaults(takenOver));
  if (!isPosition(replayUntil)) {
    faults.push(`replayUntil is ${shownWithType(replayUntil)}; it must be a bigint from 0n to ${MAX_POSITION}n.`);
  }
  if (!Array.isArray(indexes)) faults.push(`indexes is ${shownValue(indexes)}; it must be a list of fields.`);
  else {
    if (indexes.length > MAX_INDEXES)
      faults.push(`indexes lists ${indexes.length} fields; the limit is ${MAX_INDEXES}.`);
    for (const [place, field] of indexes.entries()) {
      if (!isName(field)) faults.push(nameFault(`indexes[${place}]`, field));
      else if (indexes.indexOf(field) < place)
        faults.push(`indexes[${place}] is ${shownValue(field)}, which is listed already.`);
    }
  }
  if (faults.length > 0) throw new InvalidReadModelError(faults);
}

function takenOverFaults(takenOver: unknown): string[] {
  if (!Array.isArray(takenOver)) return [`takenOver is ${shownValue(takenOver)}; it must be a list.`];
  return takenOver.flatMap((each: Partial<TakenOverSegments> | null, place) => {
    const { sequenceBy, positions } = each ?? {};
    const faults: string[] = [];
    if (!isName(sequenceBy)) faults.push(nameFault(`takenOver[${place}].sequenceBy`, sequenceBy));
    if (!Array.isArray(positions) || positions.length === 0 || !positions.every(isPosition))
      faults.push(
        `takenOver[${place}].positions is ${shownWithType(positions)}; it must be a list of bigints from 0n, one for each segment.`,
      );
    return faults;
  });
}

/** The stored part of the schema of a version. */
export type KnownSchema = Required<Omit<ReadModelSchema, 'name' | 'version'>>;

/** Returns a schema with its defaults. For store authors. */
export const knownSchema = ({
  indexes,
  revision = 1,
  segments = 1,
  sequenceBy = 'aggregate',
  takenOver = [],
  replayUntil = 0n,
}: ReadModelSchema): KnownSchema => ({
  indexes: [...indexes],
  ...{ revision, segments, sequenceBy, replayUntil },
  takenOver: takenOver.map(each => ({ sequenceBy: each.sequenceBy, positions: [...each.positions] })),
});

/**
 * Refuses to prepare a version again with another schema; the order of indexes and `replayUntil` do not matter.
 * @throws InvalidReadModelError
 */
export function checkSameSchema(schema: ReadModelSchema, known: Omit<KnownSchema, 'replayUntil'>): void {
  const { indexes, revision, segments, sequenceBy, takenOver } = knownSchema(schema);
  const changes: string[] = [];
  if (indexes.length !== known.indexes.length || !indexes.every(field => known.indexes.includes(field))) {
    changes.push(`the indexes [${known.indexes.join(', ')}], not [${indexes.join(', ')}]`);
  }
  if (revision !== known.revision) changes.push(`revision ${known.revision}, not ${revision}`);
  if (segments !== known.segments) changes.push(`segments ${known.segments}, not ${segments}`);
  if (sequenceBy !== known.sequenceBy)
    changes.push(`sequenceBy ${shownValue(known.sequenceBy)}, not ${shownValue(sequenceBy)}`);
  const [taken, wanted] = [takenOverText(known.takenOver), takenOverText(takenOver)];
  if (taken !== wanted) changes.push(`takenOver ${taken}, not ${wanted}`);
  const place = `'${schema.name}' was prepared in version ${schema.version} with`;
  if (changes.length > 0)
    throw new InvalidReadModelError(changes.map(change => `${place} ${change}. Raise its version.`));
}

/** Refuses a commit that no store can accept. It does not check the documents. @throws InvalidCommitError */
export function checkCommit({ checkpoint, from, to, writes, ...more }: ProjectionCommit): void {
  const faults = checkpointFaults(checkpoint);
  for (const [field, position] of Object.entries({ from, to })) {
    if (isPosition(position)) continue;
    faults.push(`${field} is ${shownWithType(position)}; it must be a bigint from 0n to ${MAX_POSITION}n.`);
  }
  if (isPosition(from) && isPosition(to) && to < from) faults.push(`to is ${to}n, which is before from, ${from}n.`);
  if (!Array.isArray(writes)) faults.push(`writes is ${shownValue(writes)}; it must be a list.`);
  else for (const [place, write] of writes.entries()) checkWrite(write, place, faults);
  checkReads(more.reads, faults);
  checkFence(more.fence, faults);
  checkDeadLetters(more, faults);
  if (more.process !== undefined) checkProcessChanges(more.process, faults);
  for (const work of more.work ?? [])
    if (typeof work !== 'function') faults.push(`work holds ${shownValue(work)}; it must be a list of functions.`);
  if (faults.length > 0) throw new InvalidCommitError(faults);
}

function checkReads(reads: ProjectionCommit['reads'] = [], faults: string[]): void {
  if (!Array.isArray(reads)) return void faults.push(`reads is ${shownValue(reads)}; it must be a list.`);
  for (const [place, { readModel, version, id, document }] of reads.entries()) {
    if (!isName(readModel)) faults.push(nameFault(`reads[${place}].readModel`, readModel));
    if (!isVersion(version)) faults.push(versionFault(`reads[${place}].version`, version));
    if (!isName(id)) faults.push(nameFault(`reads[${place}].id`, id));
    if (typeof document !== 'object')
      faults.push(`reads[${place}].document is ${shownValue(document)}; it must be what was read, or null.`);
  }
}

function checkFence(fence: unknown, faults: string[]): void {
  if (fence !== undefined && !isPosition(fence))
    faults.push(`fence is ${shownWithType(fence)}; it must be a bigint from 0n.`);
}

/** Refuses an invalid name of a checkpoint. @throws InvalidCommitError */
export function checkCheckpoint(name: CheckpointName): void {
  const faults = checkpointFaults(name);
  if (faults.length > 0) throw new InvalidCommitError(faults);
}

/** @internal Of the name of a checkpoint. */
export function checkpointFaults({ projection, version, segment }: CheckpointName): string[] {
  const faults: string[] = [];
  if (!isName(projection)) faults.push(nameFault('checkpoint.projection', projection));
  if (!isVersion(version)) faults.push(versionFault('checkpoint.version', version));
  if (segment !== 0 && !isVersion(segment)) {
    faults.push(`checkpoint.segment is ${shownValue(segment)}; it must be an integer from 0 to ${MAX_VERSION}.`);
  }
  return faults;
}

function checkWrite({ readModel, version, id, document }: DocumentWrite, place: number, faults: string[]): void {
  if (!isName(readModel)) faults.push(nameFault(`writes[${place}].readModel`, readModel));
  if (!isVersion(version)) faults.push(versionFault(`writes[${place}].version`, version));
  if (!isName(id)) faults.push(nameFault(`writes[${place}].id`, id));
  if (document === undefined)
    faults.push(`writes[${place}].document is undefined; it must be an object, or null to delete.`);
}

/** Tells whether a name and a version are valid for a read model. */
export const canBeReadModel = (name: unknown, version: unknown): boolean => isName(name) && isVersion(version);

const isVersion = (version: unknown): boolean =>
  Number.isSafeInteger(version) && (version as number) >= 1 && (version as number) <= MAX_VERSION;
/** Tells whether a value can be a position, or 0n. */
const isPosition = (position: unknown): boolean =>
  typeof position === 'bigint' && position >= 0n && position <= MAX_POSITION;

const nameFault = (path: string, name: unknown): string =>
  `${path} is ${shownValue(name)}; it must be text of 1 to ${MAX_NAME_LENGTH} characters without NUL.`;
const versionFault = (path: string, version: unknown): string =>
  `${path} is ${shownValue(version)}; it must be an integer from 1 to ${MAX_VERSION}.`;

/**
 * Tells whether a projection, a sequence and a position could have dead letters; null and undefined match any. For
 * store authors.
 */
export function canBeParked(
  projection: unknown,
  version: unknown,
  sequence?: string | null,
  position?: bigint | null,
): boolean {
  return (
    canBeReadModel(projection, version) &&
    (sequence == null || isName(sequence)) &&
    (position == null || position <= MAX_POSITION)
  );
}

/**
 * The writes of a commit into one version of a read model, frozen and plain; of several writes for one document only
 * the last one.
 */
export interface WriteGroup {
  readonly readModel: string;
  readonly version: number;
  readonly documents: ReadonlyMap<string, object | null>;
}

/**
 * Sorts the writes of a commit by read model and document, and seals what is left: no caller can change it while it
 * waits to be written.
 * @throws UnstorableValueError
 */
export function groupWrites(writes: readonly DocumentWrite[]): readonly WriteGroup[] {
  const groups = new Map<string, { readModel: string; version: number; documents: Map<string, object | null> }>();
  let group: { readModel: string; version: number; documents: Map<string, object | null> } | undefined;
  for (const { readModel, version, id, document } of writes) {
    // Usually all belong to one read model: a key is made only when it differs from that of the previous write.
    if (group?.readModel !== readModel || group.version !== version) {
      const key = JSON.stringify([readModel, version]);
      group = groups.get(key) ?? { readModel, version, documents: new Map() };
      groups.set(key, group);
    }
    group.documents.set(id, document);
  }
  for (const { readModel, documents } of groups.values()) {
    for (const [id, document] of documents)
      if (document !== null) documents.set(id, plainDocument(document, `${readModel} '${id}'`));
  }
  return [...groups.values()];
}

/** A write with the keys of its document, in the order of the indexes of the read model. */
export interface PreparedWrite {
  readonly id: string;
  readonly document: object | null;
  readonly keys: readonly string[];
}

/** Computes the keys of the documents of a group. For store authors. */
export function prepareWrites({ documents }: WriteGroup, indexes: readonly string[]): readonly PreparedWrite[] {
  return Array.from(documents, ([id, document]) => ({
    id,
    document,
    keys: document === null ? [] : documentKeys(document, indexes),
  }));
}

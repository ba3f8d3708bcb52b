import { createHash } from 'node:crypto';
import { canonical, isRecord, type JsonSchema } from './shapes/json-schema';

/** What is locked of one version of an event. */
export interface LockedVersion {
  /** A JSON Schema; absent if nothing tells the shape. */
  readonly shape?: JsonSchema;
  readonly hash?: string;
  /** Where the shape is from. */
  readonly from?: 'schema' | 'sample';
  /** The payload of an invented event of this version. */
  readonly sample?: object;
}

export interface LockedEvent {
  readonly current: number;
  readonly versions: Readonly<Record<string, LockedVersion>>;
  /** `1>2` for a step, `1>a+b` for an upcaster to events of these names, `1>nothing` for one that drops the event. */
  readonly steps: readonly string[];
  /** True for an event that is recorded no longer. */
  readonly retired: boolean;
}

/** The lock file, as it is stored. */
export interface LockFile {
  readonly lockVersion: 1;
  readonly events: Readonly<Record<string, LockedEvent>>;
}

export const EMPTY_LOCK: LockFile = { lockVersion: 1, events: {} };

export const hashOf = (shape: JsonSchema): string =>
  `sha256-${createHash('sha256').update(canonical(shape)).digest('base64')}`;

/** Returns the text of a lock file, events in the order of their names. */
export function lockText({ lockVersion, events }: LockFile): string {
  const sorted = Object.keys(events)
    .sort()
    .map(name => [name, events[name]]);
  return `${JSON.stringify({ lockVersion, events: Object.fromEntries(sorted) }, undefined, 2)}\n`;
}

/** Reads a lock file. @throws Error in one sentence for text that is none */
export function parsedLock(text: string): LockFile {
  const found: unknown = JSON.parse(text);
  if (!isRecord(found) || !isRecord(found.events)) throw new Error('it has no events');
  if (found.lockVersion !== 1)
    throw new Error(`its lockVersion is ${JSON.stringify(found.lockVersion)}, and 1 is known`);
  for (const [name, event] of Object.entries(found.events)) refuseEntry(name, event);
  return found as unknown as LockFile;
}

const isVersion = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 1;

/** Checks of the keys of an entry. */
const ENTRY: Readonly<Record<string, (value: unknown) => boolean>> = {
  current: isVersion,
  versions: isRecord,
  steps: value => Array.isArray(value) && value.every(step => typeof step === 'string' && /^[1-9]\d*>./s.test(step)),
  retired: value => typeof value === 'boolean',
};

/** Checks of the keys of a version, each of which may be missing. */
const VERSION: Readonly<Record<string, (value: unknown) => boolean>> = {
  shape: value => isRecord(value) || typeof value === 'boolean',
  hash: value => typeof value === 'string',
  from: value => value === 'schema' || value === 'sample',
  sample: isRecord,
};

function refuseEntry(name: string, event: unknown): void {
  if (!isRecord(event)) throw new Error(`the entry of '${name}' is not an object`);
  for (const [key, holds] of Object.entries(ENTRY))
    if (!holds(event[key])) throw new Error(`'${key}' of the entry of '${name}' is not one of a lock file`);
  for (const [version, locked] of Object.entries(event.versions as object)) {
    const place = `version ${version} of '${name}'`;
    if (!isVersion(Number(version)) || !isRecord(locked)) throw new Error(`${place} is not one of a lock file`);
    for (const [key, holds] of Object.entries(VERSION))
      if (locked[key] !== undefined && !holds(locked[key]))
        throw new Error(`'${key}' of ${place} is not one of a lock file`);
    const { shape, hash } = locked as LockedVersion;
    if (shape !== undefined && hashOf(shape) !== hash)
      throw new Error(`the shape of ${place} was edited: its hash is another one`);
  }
}

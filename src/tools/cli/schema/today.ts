import type { EventCatalog } from '../../..';
import type { Finding } from '../findings';
import type { LockedEvent, LockedVersion, LockFile } from './lock-file';
import { hashOf } from './lock-file';
import { shapeOfSamples } from './sample-shapes';
import { shapeOfSchema, type ValibotConverter } from './schema-shapes';
import { canonical } from './shapes/json-schema';

/** An event as the code has it today. */
export interface EventToday {
  readonly name: string;
  readonly version: number;
  readonly steps: readonly string[];
  readonly locked: LockedVersion;
}

/** The events of the code, and what is to be known about their shapes. */
export interface Today {
  readonly events: ReadonlyMap<string, EventToday>;
  readonly notes: readonly Finding[];
}

/** Returns the events of the code as they would be locked. */
export function eventsToday(catalog: EventCatalog, valibot: () => ValibotConverter | undefined): Today {
  const notes: Finding[] = [];
  const events = catalog.events.map(({ name, schemaVersion: version, schema }): EventToday => {
    const samples = catalog.samples.filter(each => each.name === name && each.version === version);
    const payloads = samples.map(({ payload }) => payload);
    return {
      name,
      version,
      steps: stepsOf(catalog, name),
      locked: lockedVersion(name, schema, payloads, valibot, notes),
    };
  });
  const names = new Set(events.map(({ name }) => name));
  for (const name of new Set(catalog.samples.map(sample => sample.name).filter(each => !names.has(each))))
    notes.push({
      level: 'warning',
      code: 'unknown-sample',
      event: name,
      message: 'has a sample, and no component handles it by class',
      fix: "Add it to 'events' of the config",
    });
  return { events: new Map(events.map(event => [event.name, event])), notes };
}

function lockedVersion(
  event: string,
  schema: object | undefined,
  samples: readonly object[],
  valibot: () => ValibotConverter | undefined,
  notes: Finding[],
): LockedVersion {
  const found = schema && shapeOfSchema(schema, valibot);
  const sample = samples[0] && { sample: JSON.parse(JSON.stringify(samples[0])) as object };
  if (found && 'shape' in found) return { shape: found.shape, hash: hashOf(found.shape), from: 'schema', ...sample };
  const fault = found ? found.fault : 'it has no schema';
  if (!sample) {
    const message = `${fault}, and there is no sample: only its name, its versions and its steps are locked`;
    notes.push({
      level: 'note',
      code: 'no-shape',
      event,
      message,
      fix: "Add an event of its kind to 'samples' of the config",
    });
    return {};
  }
  if (found)
    notes.push({ level: 'note', code: 'no-json-schema', event, message: `${fault}. Its shape is that of its samples` });
  const shape = shapeOfSamples(samples);
  return { shape, hash: hashOf(shape), from: 'sample', ...sample };
}

/** Returns what leads on from the versions of an event, in the notation of the lock file. */
function stepsOf({ events, upcasters }: EventCatalog, name: string): readonly string[] {
  const steps = [...(events.find(event => event.name === name)?.steps.keys() ?? [])];
  const taken = upcasters.filter(upcaster => upcaster.name === name);
  return [
    ...steps.map((from): [number, string] => [from, `${from}>${from + 1}`]),
    ...taken.map(({ from, to }): [number, string] => [from, `${from}>${to.join('+') || 'nothing'}`]),
  ]
    .sort(([one], [other]) => one - other)
    .map(([, step]) => step);
}

/** The version from which a step of the lock file leads on. */
export const fromOf = (step: string): number => Number(step.split('>')[0]);

/** Returns the lock file that follows another one: earlier versions stay as they were locked. */
export function nextLock(before: LockFile, catalog: EventCatalog, today: Today): LockFile {
  // Without a prototype: an event may have any name, `__proto__` as well.
  const events: Record<string, LockedEvent> = Object.create(null);
  for (const [name, entry] of Object.entries(before.events)) {
    if (today.events.has(name)) continue;
    const steps = stepsOf(catalog, name);
    events[name] = { ...entry, steps: steps.length > 0 ? steps : entry.steps, retired: true };
  }
  for (const { name, version, steps, locked } of today.events.values()) {
    const versions = before.events[name]?.versions ?? {};
    const sample = locked.sample ?? versions[version]?.sample;
    const next: LockedVersion = { ...locked, ...(sample && { sample }) };
    events[name] = { current: version, versions: { ...versions, [version]: next }, steps, retired: false };
  }
  return { lockVersion: 1, events };
}

/** Finds events of which the lock file does not say what it would say if it was written now. */
export function unlocked(before: LockFile, next: LockFile): readonly Finding[] {
  return Object.entries(next.events).flatMap(([event, entry]): readonly Finding[] => {
    const locked = before.events[event];
    if (locked && canonical(locked) === canonical(entry)) return [];
    const message = locked ? 'is not locked as it is today' : 'is not in the lock file';
    return [{ level: 'error', code: 'not-locked', event, message, fix: 'Run: eventuality schema lock' }];
  });
}

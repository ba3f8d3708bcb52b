import type { EventCatalog } from '../../..';
import type { Finding } from '../findings';
import type { LockedEvent, LockedVersion, LockFile } from './lock-file';
import { type ShapeChange, shapeChanges } from './shapes/changes';
import { misfits } from './shapes/misfits';
import { type EventToday, fromOf, type Today } from './today';

/** Finds what has become of locked events that is not allowed, and steps that are missing. */
export function changeFindings(before: LockFile, catalog: EventCatalog, today: Today): readonly Finding[] {
  const missing = missingSteps(catalog);
  return [
    ...Object.entries(before.events).flatMap(([name, entry]) => {
      const event = today.events.get(name);
      return event ? versionFindings(entry, event) : goneFindings(name, entry, catalog);
    }),
    ...missing.map(
      ({ event, from, version }): Finding => ({
        level: 'error',
        code: 'missing-step',
        event,
        message: `has version ${version}, and nothing leads on from version ${from}`,
        fix: `Add upcast: { ${from}: data => ... } to it, or an upcaster from version ${from}`,
      }),
    ),
    ...catalog.faults
      .filter(fault => !fault.includes('nothing leads on from version'))
      .map((fault): Finding => ({ level: 'error', code: 'invalid-events', message: fault.replace(/\.$/, '') })),
  ];
}

/** Returns the versions from which no step and no upcaster leads on. */
export function missingSteps({ events, upcasters }: EventCatalog): { event: string; from: number; version: number }[] {
  return events.flatMap(({ name, schemaVersion: version, steps }) =>
    Array.from({ length: version - 1 }, (_, index) => index + 1)
      .filter(from => !steps.has(from) && !upcasters.some(each => each.name === name && each.from === from))
      .map(from => ({ event: name, from, version })),
  );
}

function versionFindings(entry: LockedEvent, { name, version, locked }: EventToday): readonly Finding[] {
  if (version > entry.current) return [];
  if (version < entry.current)
    return [
      {
        level: 'error',
        code: 'version-lowered',
        event: name,
        message: `has version ${version}, and version ${entry.current} is locked`,
        fix: `Raise its version to ${entry.current} at least: such events may be stored`,
      },
    ];
  return shapeFindings(name, version, entry.versions[version] ?? {}, locked);
}

/** Compares what is locked of a version with what it is now. */
function shapeFindings(event: string, version: number, before: LockedVersion, now: LockedVersion): readonly Finding[] {
  if (before.shape === undefined) return [];
  if (now.shape === undefined || (before.from === 'schema' && now.from === 'sample'))
    return [
      {
        level: 'error',
        code: 'shape-lost',
        event,
        message: `the shape of version ${version} is locked from a ${before.from}, which is gone`,
        fix: `Give the ${before.from} again, or the next version a shape of its own`,
      },
    ];
  return changesOf(before, now).map(({ field, kind, message }): Finding => {
    const place = { event, field };
    if (kind === 'grown')
      return {
        level: 'warning',
        code: 'values-grown',
        ...place,
        message,
        fix: 'Deploy what reads them before what writes them',
      };
    const fix = `Raise its version to ${version + 1} and add upcast: { ${version}: data => ... }`;
    return { level: 'error', code: 'shape-changed', ...place, message, fix };
  });
}

/** A sample shows less than a schema says: of such a shape only what is stored is looked at. */
function changesOf(before: LockedVersion, now: LockedVersion): readonly ShapeChange[] {
  const changes = shapeChanges(before.shape!, now.shape!);
  if (before.from === now.from) return changes;
  const stored = new Set(misfits(before.shape!, now.shape!, 'misfit').map(({ path }) => path));
  return changes.filter(({ field }) => stored.has(field));
}

function goneFindings(event: string, entry: LockedEvent, { upcasters }: EventCatalog): readonly Finding[] {
  const taken = new Set(upcasters.filter(({ name }) => name === event).map(({ from }) => from));
  const needed = new Set([...Object.keys(entry.versions).map(Number), ...entry.steps.map(fromOf)]);
  const missing = [...needed].filter(from => !taken.has(from)).sort((one, other) => one - other);
  if (missing.length === 0 || (entry.retired && taken.size === 0)) return [];
  return [
    {
      level: 'error',
      code: 'event-gone',
      event,
      message: `is gone, and nothing reads it as it was stored in version ${missing.join(', ')}`,
      fix: 'Add an upcaster that renames, splits or drops it, or set "retired": true in the lock file if none is stored',
    },
  ];
}

/** Finds what was locked earlier and is no longer: entries are added, and never changed. */
export function pastFindings(past: LockFile, now: LockFile, ref: string): readonly Finding[] {
  return Object.entries(past.events).flatMap(([event, before]): readonly Finding[] => {
    const entry = now.events[event];
    const changed = (what: string): Finding => ({
      level: 'error',
      code: 'entry-changed',
      event,
      message: `${what}, other than in '${ref}'`,
      fix: `Take the entry of '${ref}' again; what was locked stays`,
    });
    if (!entry) return [changed('is not in the lock file')];
    const lost = before.steps.map(fromOf).filter(from => !entry.steps.some(step => fromOf(step) === from));
    return [
      ...Object.entries(before.versions).flatMap(([version, locked]) => {
        const kept = entry.versions[version];
        if (!kept) return [changed(`has no version ${version}`)];
        if (kept.hash === locked.hash) return [];
        // What has been the current version may have got optional fields before the next one was made.
        return Number(version) === before.current
          ? shapeFindings(event, before.current, locked, kept)
          : [changed(`has another shape in version ${version}`)];
      }),
      ...lost.map(from => changed(`has no step from version ${from}`)),
    ];
  });
}

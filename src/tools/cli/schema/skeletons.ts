import type { EventCatalog } from '../../..';
import { type Finding, inLine } from '../findings';
import type { LockFile } from './lock-file';
import { missingSteps } from './rules';
import { fromOf } from './today';

/** Returns the code of the steps and upcasters that are missing, to be filled in; empty if none is. */
export function skeletons(findings: readonly Finding[], before: LockFile, catalog: EventCatalog): string {
  const changed = findings.filter(({ code }) => code === 'shape-changed');
  const next = [...new Set(changed.map(({ event }) => event!))].map(name => {
    const { current } = before.events[name]!;
    const lines = changed
      .filter(({ event }) => event === name)
      .map(({ field, message }) => inLine(`// ${field}: ${message}.`));
    return { name, version: current + 1, from: [current], lines };
  });
  const missing = missingSteps(catalog);
  const steps = [...new Set(missing.map(({ event }) => event))].map(name => {
    const own = missing.filter(({ event }) => event === name);
    return { name, version: own[0]!.version, from: own.map(({ from }) => from), lines: [] };
  });
  const gone = findings.filter(({ code }) => code === 'event-gone').map(({ event }) => event!);
  return [
    ...[...next, ...steps].map(({ name, version, from, lines }) =>
      [
        ...lines,
        `@Event(${quoted(name)}, {`,
        `  version: ${version},`,
        '  upcast: {',
        ...from.map(each => `    ${each}: data => ({ ...data }), // what version ${each + 1} has instead`),
        '  },',
        '})',
      ].join('\n'),
    ),
    ...gone.map(name => upcasterOf(name, before)),
  ].join('\n\n');
}

function upcasterOf(name: string, before: LockFile): string {
  const { versions, steps } = before.events[name]!;
  const from = [...new Set([...Object.keys(versions).map(Number), ...steps.map(fromOf)])].sort(
    (one, other) => one - other,
  );
  const methods = from.flatMap(version => [
    `  @Upcaster(${quoted(name)}, { from: ${version}, to: [] })`,
    `  from${version}() {`,
    '    return []; // drops it; or: return as(Other, 1, data)',
    '  }',
  ]);
  return ['class Earlier {', ...methods, '}'].join('\n');
}

/** Returns a text as it is written in code. */
const quoted = (name: string): string =>
  `'${JSON.stringify(name).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;

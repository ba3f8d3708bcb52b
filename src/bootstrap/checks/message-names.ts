import { bundledName, type ClassReference, messageMetadata, stableNameAdvice } from '../../messages';
import { inspectAggregate } from '../../model';
import type { Components } from '../discovery/components';

/** The source of message names: classes unless a decorator gives one, or only decorators. */
export type MessageNames = 'class' | 'explicit';

interface NamedByClass {
  readonly type: ClassReference;
  readonly kind: 'command' | 'event';
  readonly users: string[];
}

/**
 * Finds commands and events whose names are not durable: those from classes, if only decorators are allowed, or names
 * that a bundler made.
 */
export function messageNameFaults(components: Components, names: MessageNames = 'class'): string[] {
  const found = namedByClass(components);
  const classes = new Set([...found.map(({ type }) => type.name), ...componentNames(components)]);
  return found.flatMap(({ type, kind, users }) => {
    const place = `The ${kind} class ${type.name}, which ${users.join(' and ')} handle${users.length > 1 ? '' : 's'},`;
    const decorator = kind === 'event' ? 'Event' : 'Command';
    if (names === 'explicit') return [`${place} has no durable name. Add one: @${decorator}('${type.name}').`];
    const reason = bundledName(type) ?? renamed(type.name, classes);
    return reason ? [`${place} has a name that will change: ${reason}. ${stableNameAdvice(decorator)}`] : [];
  });
}

/** esbuild calls the second of two classes `Created` in one bundle `Created2`. */
function renamed(name: string, classes: ReadonlySet<string>): string | undefined {
  const [, base, number] = /^(.*[^\d])(\d+)$/.exec(name) ?? [];
  if (!base || Number(number) < 2 || !classes.has(base)) return undefined;
  return `there is a class ${base}, and a bundler renames the next class of that name to ${name}`;
}

function namedByClass({ aggregates, handlerClasses }: Components): NamedByClass[] {
  const found = new Map<ClassReference, NamedByClass>();
  const add = (types: Iterable<ClassReference>, kind: NamedByClass['kind'], user: string): void => {
    for (const type of types) {
      if (messageMetadata(type)) continue;
      const named = found.get(type) ?? { type, kind, users: [] };
      if (!named.users.includes(user)) named.users.push(user);
      found.set(type, named);
    }
  };
  for (const aggregate of aggregates) {
    if (typeof aggregate !== 'function') continue;
    const { commands, events } = inspectAggregate(aggregate);
    add(commands, 'command', aggregate.name);
    add(events, 'event', aggregate.name);
  }
  for (const { type, commands, events, replays } of handlerClasses) {
    add(commands.keys(), 'command', type.name);
    add([...events.keys(), ...replays.keys()], 'event', type.name);
  }
  return [...found.values()];
}

const componentNames = ({ aggregates, handlerClasses }: Components): string[] => [
  ...[...aggregates].filter(aggregate => typeof aggregate === 'function').map(({ name }) => name),
  ...handlerClasses.map(({ type }) => type.name),
];

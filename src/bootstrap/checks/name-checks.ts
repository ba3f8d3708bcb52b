import { baseEventFaults } from '../../flow';
import { type ClassReference, messageName } from '../../messages';
import { definitionOf, inspectAggregate } from '../../model';
import type { Components } from '../discovery/components';

interface Claim {
  /** The claimant of the name. */
  readonly by: string;
  /** What the claimant uses the name for. */
  readonly type: unknown;
}

/** Finds names with two meanings: two handlers of a command or query, two classes or aggregates of one name. */
export function nameFaults(components: Components): string[] {
  const { aggregates, handlerClasses } = components;
  const [commands, queries, events, kinds] = [new Claims(), new Claims(), new Claims(), new Claims()];
  for (const aggregate of aggregates) {
    const { name, commands: rules } = definitionOf(aggregate);
    kinds.add(name, aggregate.name, aggregate);
    for (const [command, { type }] of rules) commands.add(command, aggregate.name, type);
    if (typeof aggregate === 'function')
      for (const event of inspectAggregate(aggregate).events) events.add(messageName(event), aggregate.name, event);
  }
  for (const { type, ...handlers } of handlerClasses) {
    addHandlers(commands, type.name, handlers.commands);
    addHandlers(queries, type.name, handlers.queries);
    for (const event of handlers.events.keys()) events.add(messageName(event), type.name, event);
  }
  return [
    ...baseEventFaults(eventPlaces(components)),
    ...commands.twoTypes(classFault('command', "Give one of them another: @Command('another name')")),
    ...commands.claimedTwice(
      (name, by) => `The command '${name}' has ${by.length} handlers: ${by.join(' and ')}. Keep one.`,
    ),
    ...queries.twoTypes(classFault('query', "Give one of them another: @Query('another name')")),
    ...queries.claimedTwice(
      (name, by) => `The query '${name}' has ${by.length} handlers: ${by.join(' and ')}. Keep one.`,
    ),
    ...events.twoTypes(classFault('event', "Give one of them another: @Event('another name')")),
    ...kinds.twoTypes(
      (name, by) =>
        `Two aggregates have the name '${name}': ${by.join(' and ')}. Give one of them another: @Aggregate('another name').`,
    ),
  ];
}

const eventPlaces = ({ aggregates, handlerClasses }: Components) => [
  ...[...aggregates].map(aggregate => ({ name: aggregate.name, events: definitionOf(aggregate).events ?? [] })),
  ...handlerClasses.map(({ type, events }) => ({ name: type.name, events: [...events.keys()] })),
];

const classFault =
  (kind: string, fix: string) =>
  (name: string, by: readonly string[]): string =>
    `Two ${kind} classes have the name '${name}' (used by ${by.join(' and ')}). ${fix}.`;

class Claims {
  readonly #claims = new Map<string, Claim[]>();

  add(name: string, by: string, type: unknown): void {
    this.#claims.set(name, [...(this.#claims.get(name) ?? []), { by, type }]);
  }

  /** Claims for one class, or for none, by two claimants. */
  claimedTwice(fault: (name: string, by: readonly string[]) => string): string[] {
    return this.#faults(claims => claims.length > 1 && typesOf(claims).size < 2, fault);
  }

  twoTypes(fault: (name: string, by: readonly string[]) => string): string[] {
    return this.#faults(claims => typesOf(claims).size > 1, fault);
  }

  #faults(
    isWrong: (claims: readonly Claim[]) => boolean,
    fault: (name: string, by: readonly string[]) => string,
  ): string[] {
    return [...this.#claims].flatMap(([name, claims]) => {
      if (!isWrong(claims)) return [];
      return [
        fault(
          name,
          claims.map(({ by }) => by),
        ),
      ];
    });
  }
}

/** The classes, or definitions, of a name. A handler by name has none. */
const typesOf = (claims: readonly Claim[]): ReadonlySet<unknown> => new Set(claims.flatMap(({ type }) => type ?? []));

function addHandlers(
  claims: Claims,
  by: string,
  found: ReadonlyMap<ClassReference, readonly { method: string | symbol }[]>,
): void {
  for (const [message, handlers] of found) {
    for (const { method } of handlers) claims.add(messageName(message), `${by}.${String(method)}`, message);
  }
}

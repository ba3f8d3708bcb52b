import { type ClassReference, messageName } from '../messages';
import { definitionOf, inspectAggregate } from '../model';
import type { Components } from './components';

interface Claim {
  /** Who claims the name. */
  readonly by: string;
  /** What the name stands for there. */
  readonly type: unknown;
}

/** Finds names that stand for two things: two handlers of a command or query, two events or aggregates of one name. */
export function nameFaults({ aggregates, handlerClasses }: Components): string[] {
  const [commands, queries, events, kinds] = [new Claims(), new Claims(), new Claims(), new Claims()];
  for (const aggregate of aggregates) {
    const { name, commands: rules } = definitionOf(aggregate);
    kinds.add(name, aggregate.name, aggregate);
    for (const command of rules.keys()) commands.add(command, aggregate.name, undefined);
    if (typeof aggregate === 'function')
      for (const event of inspectAggregate(aggregate).events) events.add(messageName(event), aggregate.name, event);
  }
  for (const { type, ...handlers } of handlerClasses) {
    addHandlers(commands, type.name, handlers.commands);
    addHandlers(queries, type.name, handlers.queries);
    for (const event of handlers.events.keys()) events.add(messageName(event), type.name, event);
  }
  return [
    ...commands.claimedTwice((name, by) => `The command '${name}' has ${by.length} handlers: ${by.join(' and ')}. Keep one.`),
    ...queries.claimedTwice((name, by) => `The query '${name}' has ${by.length} handlers: ${by.join(' and ')}. Keep one.`),
    ...events.twoTypes(
      (name, by) =>
        `Two event classes have the name '${name}' (used by ${by.join(' and ')}). Give one of them another: @Event('another name').`,
    ),
    ...kinds.claimedTwice(
      (name, by) => `Two aggregates have the name '${name}': ${by.join(' and ')}. Give one of them another: @Aggregate('another name').`,
    ),
  ];
}

class Claims {
  readonly #claims = new Map<string, Claim[]>();

  add(name: string, by: string, type: unknown): void {
    this.#claims.set(name, [...(this.#claims.get(name) ?? []), { by, type }]);
  }

  claimedTwice(fault: (name: string, by: string[]) => string): string[] {
    return [...this.#claims]
      .filter(([, claims]) => claims.length > 1)
      .map(([name, claims]) =>
        fault(
          name,
          claims.map(({ by }) => by),
        ),
      );
  }

  twoTypes(fault: (name: string, by: string[]) => string): string[] {
    return [...this.#claims]
      .filter(([, claims]) => new Set(claims.map(({ type }) => type)).size > 1)
      .map(([name, claims]) =>
        fault(
          name,
          claims.map(({ by }) => by),
        ),
      );
  }
}

function addHandlers(claims: Claims, by: string, found: ReadonlyMap<ClassReference, readonly { method: string | symbol }[]>): void {
  for (const [message, handlers] of found) {
    for (const { method } of handlers) claims.add(messageName(message), `${by}.${String(method)}`, message);
  }
}

import { type ClassReference, classOfPayload, isOrExtends, MessageClassMismatchError, messageName } from '../messages';
import { definitionOf } from '../model';
import type { NewEvent, StreamAppend } from '../store';
import type { FlowParts, MessageClasses } from './flow-parts';

/** Collects the classes that the parts of a Flow handle messages as: those given, and those of its aggregates and projections. */
export function classesOf({ messageClasses = {}, aggregates = [], projections = [] }: FlowParts): Required<MessageClasses> {
  const definitions = aggregates.map(definitionOf);
  const { commands = [], queries = [], events = [] } = messageClasses;
  return {
    queries,
    commands: [...commands, ...definitions.flatMap(definition => [...definition.commands.values()].flatMap(({ type }) => type ?? []))],
    events: [
      ...new Set([
        ...events,
        ...definitions.flatMap(definition => definition.events ?? []),
        ...projections.flatMap(({ handlers }) => [...handlers.values()].flatMap(({ type }) => type ?? [])),
      ]),
    ],
  };
}

/** The event classes of an application. An event that would be taken for an instance of one of them, and is none, is not stored. */
export class KnownEvents {
  readonly #byName: ReadonlyMap<string, ClassReference>;
  /** Classes that were looked at, and found to be right. */
  readonly #right = new WeakSet<Function>();

  constructor(types: readonly ClassReference[]) {
    this.#byName = new Map(types.map(type => [messageName(type), type]));
  }

  /** Looks at all events of appends; what is none is for the store to refuse. @throws MessageClassMismatchError */
  check(appends: readonly StreamAppend[]): void {
    if (!Array.isArray(appends)) return;
    for (const append of appends as readonly StreamAppend[]) {
      const events: unknown = append?.events;
      if (Array.isArray(events)) for (const event of events) if (isObject(event)) this.#checkEvent(event as NewEvent);
    }
  }

  #checkEvent({ name, payload }: NewEvent): void {
    const type = isObject(payload) ? classOfPayload(payload) : undefined;
    if (type === undefined || this.#right.has(type)) return;
    const known = this.#byName.get(name);
    if (known && !isOrExtends(type, known)) throw new MessageClassMismatchError('event', name, known, type, payload);
    this.#right.add(type);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

import {
  BaseEventHandledError,
  baseEventFault,
  type ClassReference,
  classOfPayload,
  isOrExtends,
  MessageClassMismatchError,
  messageName,
  missedBase,
} from '../messages';
import { definitionOf } from '../model';
import type { NewEvent, StreamAppend } from '../store';
import type { FlowParts, MessageClasses } from './flow-parts';

/** A component, and the event classes that it handles. */
export interface EventPlace {
  readonly name: string;
  readonly events: readonly ClassReference[];
}

/** Finds components that handle a class and would miss the events of a subclass that is handled elsewhere. */
export function baseEventFaults(places: readonly EventPlace[]): string[] {
  const known = new Set(places.flatMap(({ events }) => events));
  // Few events extend one another, if any: a large application has thousands of events and hundreds of components.
  const prototypes = new Set<object>(Array.from(known, ({ prototype }) => prototype));
  const derived = [...known].filter(type => extendsOneOf(type, prototypes));
  return places.flatMap(({ name, events }) =>
    derived.flatMap(type => {
      const base = events.includes(type) ? undefined : missedBase(type, events);
      return base ? [baseEventFault(name, base, type)] : [];
    }),
  );
}

function extendsOneOf(type: ClassReference, prototypes: ReadonlySet<object>): boolean {
  let base: object | null = Object.getPrototypeOf(type.prototype);
  while (base !== null && !prototypes.has(base)) base = Object.getPrototypeOf(base);
  return base !== null;
}

/** Returns the aggregates and projections of a Flow that handle events by class. */
export const eventPlaces = ({ aggregates = [], processors: projections = [] }: FlowParts): EventPlace[] => [
  ...aggregates.map(definitionOf).map(({ name, events = [] }) => ({ name, events })),
  ...projections.map(({ name, handlers }) => ({
    name: `'${name}'`,
    events: [...handlers.values()].flatMap(({ type }) => type ?? []),
  })),
];

/**
 * Collects the classes of the messages that the parts of a Flow handle: the given ones, and those of its aggregates and
 * projections.
 */
export function classesOf(parts: FlowParts): Required<MessageClasses> {
  const { messageClasses = {}, aggregates = [] } = parts;
  const definitions = aggregates.map(definitionOf);
  const { commands = [], queries = [], events = [] } = messageClasses;
  return {
    queries,
    commands: [
      ...commands,
      ...definitions.flatMap(definition => [...definition.commands.values()].flatMap(({ type }) => type ?? [])),
    ],
    events: [...new Set([...events, ...eventPlaces(parts).flatMap(place => place.events)])],
  };
}

/**
 * The event classes of an application. An event that would be taken for an instance of one of them, but is not one, is
 * not stored; nor is an event of a subclass that their handlers would miss.
 */
export class KnownEvents {
  readonly #byName: ReadonlyMap<string, ClassReference>;
  /** Classes that were checked and found correct. */
  readonly #right = new WeakSet<Function>();

  constructor(types: readonly ClassReference[]) {
    this.#byName = new Map(types.map(type => [messageName(type), type]));
  }

  /**
   * Checks all events of appends; the store refuses what is not an event.
   * @throws MessageClassMismatchError, BaseEventHandledError
   */
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
    const base = known ? undefined : missedBase(type, this.#byName.values());
    if (base) throw new BaseEventHandledError('The application', base, type);
    this.#right.add(type);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

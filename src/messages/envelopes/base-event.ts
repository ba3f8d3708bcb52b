import { EventualityError } from '../faults/errors';
import type { ClassReference } from '../names/class-metadata';
import { messageName } from '../names/names';

/**
 * Thrown when only the base class of an event is handled. Events are handled as their own class, so the event would be
 * missed.
 */
export class BaseEventHandledError extends EventualityError {
  readonly code = 'BASE_EVENT_HANDLED';

  constructor(
    /** The component that handles the base class. */
    place: string,
    readonly base: Function,
    /** The class of the event. */
    readonly type: Function,
  ) {
    super(baseEventFault(place, base, type));
  }
}

/** Returns the fault and its fix. */
export const baseEventFault = (place: string, base: Function, type: Function): string =>
  `${place} handles ${base.name}, and would miss the events of its subclass ${type.name}: an event is handled as its own class. ` +
  `Handle ${type.name} too, if only with an empty method, or let neither class extend the other.`;

/**
 * Finds a class whose handlers would miss events of a subclass that is not handled itself, because the base class has a
 * name of its own.
 */
export function missedBase(type: Function, handled: Iterable<ClassReference>): ClassReference | undefined {
  for (const base of handled) {
    if (type !== base && type.prototype instanceof base && messageName(base) !== messageName(type as ClassReference))
      return base;
  }
  return undefined;
}

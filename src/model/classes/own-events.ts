import type { IsAny } from '../../messages';

/**
 * The members of a union of event classes that an event can be of. Types are compared by their shape: a class whose
 * fields are all optional, or that has none, takes every object, so of such a one the event has to have the very shape.
 */
type Among<E, Events> = Events extends unknown
  ? E extends Events
    ? {} extends Events
      ? Events extends E
        ? Events
        : never
      : Events
    : never
  : never;

/**
 * What of some events is none of an aggregate's; `never` when all are. An aggregate that was declared without its
 * events takes any.
 */
export type ForeignEvents<E, Events> =
  IsAny<E> extends true
    ? never
    : IsAny<Events> extends true
      ? never
      : E extends unknown
        ? [Among<E, Events>] extends [never]
          ? E
          : never
        : never;

/** `unknown` for events of the aggregate, so that `E & OwnEvent<E, Events>` is the event; for others what says so. */
export type OwnEvent<E, Events> = [ForeignEvents<E, Events>] extends [never]
  ? unknown
  : { 'it is not an event of the aggregate': ForeignEvents<E, Events> };

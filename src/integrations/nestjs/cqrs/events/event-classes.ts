import type { Type } from '@nestjs/common';
import { MessageClassMismatchError } from '../../../../errors';
import { eventTypeOf } from '../../../../store-kit';
import { UnpublishableEventError } from '../errors';

/** What the events of an application are known by. */
export interface KnownClasses {
  /** Those that handlers and options name. */
  readonly events: ReadonlySet<Type>;
  /** The names of the sagas, which follow all known events. */
  readonly sagas: readonly string[];
  /** Whether handlers get events of a class, according to @nestjs/cqrs. */
  readonly isHandled: (type: Type) => boolean;
}

/** The classes of events that can be published: what is stored must become instances again, after a restart too. */
export class EventClasses {
  readonly #byName: Map<string, Type>;
  readonly #publishable: Set<Type>;

  constructor(private readonly known: KnownClasses) {
    this.#publishable = new Set(known.events);
    this.#byName = new Map(Array.from(known.events, type => [eventTypeOf(type).name, type]));
  }

  /**
   * Returns the class of an event.
   * @throws UnpublishableEventError, MessageClassMismatchError
   */
  of(event: object): Type {
    const type = Object.getPrototypeOf(event)?.constructor as Type | undefined;
    if (type !== undefined && this.#publishable.has(type)) return type;
    if (typeof type !== 'function' || type === Object || Array.isArray(event))
      throw new UnpublishableEventError(
        'without a class',
        'it is found by the name of its class. Publish an instance of a class.',
      );
    this.#check(type, event);
    this.#publishable.add(type);
    this.#byName.set(eventTypeOf(type).name, type);
    return type;
  }

  #check(type: Type, event: object): void {
    const { name } = eventTypeOf(type);
    const other = this.#byName.get(name);
    if (other) throw new MessageClassMismatchError('event', name, other, type, event);
    const { sagas, isHandled } = this.known;
    const missing = isHandled(type)
      ? 'handlers of the class that it extends get it'
      : sagas.length > 0
        ? `the sagas (${sagas.join(', ')}) may follow it`
        : undefined;
    if (missing)
      throw new UnpublishableEventError(
        type.name,
        `${missing}, but no @EventsHandler names it, so it would be lost with the process. Name it in EventualityCqrsModule.forRoot({ events: [${type.name}] }) ` +
          `or in the module that it belongs to: EventualityCqrsModule.forFeature([${type.name}]).`,
      );
  }
}

import type { Type } from '@nestjs/common';
import type { EventIdProvider } from '@nestjs/cqrs';
import type { EventProcessorDefinition } from '../../../../index';
import type { Wiring } from '../wiring/wiring';
import { handlerReactor } from './handler-reactor';
import { type FollowingSaga, followingSaga } from './saga-reactor';
import type { Surroundings } from './surroundings';

const EVENT = '__event__';

/** The reactors of the handlers and sagas that are found in an application. */
export class Followers {
  readonly definitions: readonly EventProcessorDefinition[];
  readonly #sagas: readonly FollowingSaga[];

  constructor(wiring: Wiring, events: ReadonlySet<Type>, surroundings: Surroundings) {
    const handlers = wiring.handlers.map(place =>
      handlerReactor(place, handledBy(place.events, events, wiring), surroundings),
    );
    this.#sagas = events.size > 0 ? wiring.sagas.map(place => followingSaga(place, events, surroundings)) : [];
    this.definitions = [...handlers, ...this.#sagas.map(({ definition }) => definition)];
  }

  /** Calls the sagas for the first time. @throws InvalidSagaException */
  begin(): void {
    for (const saga of this.#sagas) saga.begin();
  }

  close(): void {
    for (const saga of this.#sagas) saga.close();
  }
}

/** The classes of events that @nestjs/cqrs hands to a handler: also those that extend one of its own. */
const handledBy = (own: readonly Type[], events: ReadonlySet<Type>, wiring: Wiring): Type[] => {
  const ids = new Set(own.map(type => idOf(type, wiring)));
  ids.delete(null);
  return [...events].filter(type => own.includes(type) || ids.has(idOf(type, wiring)));
};

/** The id by which a bus finds the handlers of an event; its options can replace the rule. */
export const idOf = (type: Type, { buses }: Wiring): string | null => {
  const [bus] = buses;
  const provider = bus && (Reflect.get(bus, 'eventIdProvider') as EventIdProvider | undefined);
  // A bus of a module without options may not be there yet.
  return provider ? provider.getEventId(type) : (Reflect.getMetadata(EVENT, type)?.id ?? null);
};

import {
  aName,
  aVersion,
  type ClassReference,
  EventReader,
  type EventReference,
  isPlainObject,
  must,
  refuseArguments,
  type SealedEvent,
  sealPayload,
  type Upcaster,
} from '../messages';
import type { AggregateDefinition } from '../model';

/** An event as earlier code has stored it. */
export class StoredEvent {
  constructor(readonly sealed: SealedEvent) {}
}

/**
 * Returns an event as earlier code has stored it, to be given to a test beside those of today.
 * @param version the version in which it was stored
 * @example given(Customer, storedEvent('customer.signed-up', 1, { name: 'Ann' })).when(...)
 * @throws InvalidOptionsError, UnstorableValueError
 */
export function storedEvent(name: string, version: number, payload: object): StoredEvent {
  const data = must('an object of data', isPlainObject);
  refuseArguments('storedEvent', { name: [name, aName], version: [version, aVersion], payload: [payload, data] });
  return new StoredEvent({ name, schemaVersion: version, payload: sealPayload(payload, name) });
}

/** Returns an event of a test as it is stored. @throws InvalidDecisionError, UnstorableValueError */
export const sealedEvent = (definition: AggregateDefinition, event: object): SealedEvent =>
  event instanceof StoredEvent ? event.sealed : definition.seal(event);

/** Returns how a test reads its events. @throws InvalidEventsError */
export const testReader = (
  events: readonly EventReference[],
  upcasters: readonly (Upcaster | ClassReference)[] = [],
): EventReader => new EventReader({ events, upcasters });

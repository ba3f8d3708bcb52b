import {
  type EventType,
  eventTypeOf,
  isNative,
  isPlainEvent,
  messageMetadata,
  type SealedEvent,
  sealedPlainEvent,
} from '../messages';
import { InvalidDecisionError } from './errors';

const checked = new WeakMap<Function, EventType>();

/**
 * Takes a frozen copy of an event: of an instance of an event class, or of what `Event({ ... })` made.
 * @throws InvalidDecisionError when it is neither, UnstorableValueError when it holds what JSON cannot carry,
 * InvalidPayloadError when it does not fit its schema
 */
export function sealEvent(aggregateName: string, event: object, validate?: boolean): SealedEvent {
  const type = event.constructor;
  const known = checked.get(type);
  if (known) return known.seal(event, validate);
  if (isPlainEvent(event)) return sealedPlainEvent(event, validate);
  if (typeof type !== 'function' || isBuiltIn(type)) throw new InvalidDecisionError(aggregateName, event);
  const eventType = eventTypeOf(type as new () => object);
  checked.set(type, eventType);
  return eventType.seal(event, validate);
}

// Object, Array, Map, Promise, Error...: none of them is an event class, unless it is marked with @Event.
const isBuiltIn = (type: Function): boolean => isNative(type) && !messageMetadata(type);

import { aFunction, type ClassReference, EventReader, eventTypeOf, shownText, shownValue } from '../../messages';
import { InvalidConfigurationError } from '../errors';
import type { EventListener, EventListeners } from './event-listener';
import { listenersByName } from './listener-checks';

/** Returns the listeners of one subscription, each with the name of its event. @throws InvalidConfigurationError */
export function subscribedListeners(
  event: string | ClassReference | EventListeners,
  listener: EventListener | undefined,
): [string, EventListener][] {
  refuseSubscription(event, listener);
  if (typeof event === 'string') return [[event, listener!]];
  return typeof event === 'function' ? [reviving(event, listener!)] : flattened(event);
}

/** A class that is undefined, because two files import each other, is not a map of listeners. */
export function refuseSubscription(event: unknown, listener: unknown): void {
  const faults: string[] = [];
  if (typeof event === 'object') listenersByName(event, 'the event', faults);
  else if ((typeof event === 'string' && event !== '') || typeof event === 'function')
    aFunction(
      listener,
      `the listener of ${typeof event === 'string' ? shownText(event) : shownText(event.name)}`,
      faults,
    );
  else faults.push(`the event is ${shownValue(event)}; give its name, its class, or an object of listeners by name.`);
  if (faults.length > 0) throw new InvalidConfigurationError('The subscription', faults);
}

/** A listener by class gets an instance of it, whatever the store returned. */
function reviving<E extends object>(type: ClassReference<E>, listener: EventListener<E>): [string, EventListener] {
  const eventType = eventTypeOf(type);
  const revived = EventReader.reviving(eventType);
  const listen: EventListener = (event, context) => {
    const payload = revived(event);
    return listener(payload === event.payload ? event : Object.freeze({ ...event, payload }), context);
  };
  if (typeof listener !== 'function') return [eventType.name, listener];
  return [eventType.name, Object.defineProperty(listen, 'name', { value: listener.name })];
}

function flattened(listeners: EventListeners): [string, EventListener][] {
  return Object.entries(listeners).flatMap(([name, each]) =>
    (Array.isArray(each) ? each : [each]).map((listener): [string, EventListener] => [name, listener]),
  );
}

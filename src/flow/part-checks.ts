import { messageName, shownText, shownValue } from '../messages';
import { followerFaults } from '../processing';
import { InvalidConfigurationError } from './errors';
import type { FlowParts } from './flow-parts';
import { baseEventFaults, classesOf, eventPlaces } from './known-classes';

/** @throws InvalidConfigurationError with everything that is wrong with the parts of a Flow */
export function refuseFaults(parts: FlowParts): void {
  const { eventStore, commandHandlers = {}, queryHandlers = {}, eventBus, snapshotStore, projections = [] } = parts;
  const { inheritMetadata = true, onError, closeTimeout = 0 } = parts;
  const faults: string[] = [];
  if (
    typeof inheritMetadata !== 'boolean' &&
    !(Array.isArray(inheritMetadata) && inheritMetadata.every(entry => typeof entry === 'string'))
  )
    faults.push(`inheritMetadata is ${shownValue(inheritMetadata)}; give true, false, or a list of the entries' names.`);
  for (const method of ['append', 'read', 'readAll', 'subscribe', 'close'] as const) {
    if (typeof eventStore?.[method] !== 'function')
      faults.push(`eventStore has no method ${method}; give an EventStore, such as new InMemoryEventStore().`);
  }
  for (const method of ['load', 'save', 'delete'] as const) {
    if (snapshotStore && typeof snapshotStore[method] !== 'function')
      faults.push(`snapshotStore has no method ${method}; give a SnapshotStore, such as new InMemorySnapshotStore().`);
  }
  if (eventBus !== undefined && typeof eventBus?.publish !== 'function') faults.push('eventBus has no method publish; give an EventBus.');
  for (const [name, given] of Object.entries({ ...commandHandlers, ...queryHandlers })) {
    const handler = typeof given === 'object' && name in commandHandlers ? given?.handle : given;
    if (typeof handler !== 'function') faults.push(`the handler of ${shownText(name)} is ${shownValue(handler)}; it must be a function.`);
  }
  if (onError !== undefined && typeof onError !== 'function') faults.push(`onError is ${shownValue(onError)}; it must be a function.`);
  if (!(closeTimeout >= 0)) faults.push(`closeTimeout is ${shownValue(closeTimeout)}; it must be milliseconds from 0, or Infinity.`);
  if (faults.length === 0)
    faults.push(...followerFaults(projections, eventStore), ...eventNameFaults(parts), ...baseEventFaults(eventPlaces(parts)));
  if (faults.length > 0) throw new InvalidConfigurationError('The flow', faults);
}

/** Finds event classes of one name: events are found by their names, and become instances of one of them only. */
function eventNameFaults(parts: FlowParts): string[] {
  const byName = new Map<string, number>();
  for (const type of classesOf(parts).events) byName.set(messageName(type), (byName.get(messageName(type)) ?? 0) + 1);
  return [...byName].flatMap(([name, count]) =>
    count < 2 ? [] : [`two event classes have the name '${shownText(name)}'. Give one of them another: @Event('another name').`],
  );
}

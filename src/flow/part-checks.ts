import { messageName } from '../messages';
import { followerFaults } from '../processing';
import { InvalidConfigurationError } from './errors';
import type { FlowParts } from './flow-parts';
import { baseEventFaults, classesOf, eventPlaces } from './known-classes';

/** @throws InvalidConfigurationError with everything that is wrong with the parts of a Flow */
export function refuseFaults(parts: FlowParts): void {
  const { eventStore, commandHandlers = {}, queryHandlers = {}, eventBus, snapshotStore, projections = [], inheritMetadata = true } = parts;
  const faults: string[] = [];
  if (
    typeof inheritMetadata !== 'boolean' &&
    !(Array.isArray(inheritMetadata) && inheritMetadata.every(entry => typeof entry === 'string'))
  )
    faults.push(`inheritMetadata is ${String(inheritMetadata)}; give true, false, or a list of the entries' names.`);
  for (const method of ['append', 'read', 'readAll', 'subscribe', 'close'] as const) {
    if (typeof eventStore?.[method] !== 'function')
      faults.push(`eventStore has no method ${method}; give an EventStore, such as new InMemoryEventStore().`);
  }
  for (const method of ['load', 'save', 'delete'] as const) {
    if (snapshotStore && typeof snapshotStore[method] !== 'function')
      faults.push(`snapshotStore has no method ${method}; give a SnapshotStore, such as new InMemorySnapshotStore().`);
  }
  if (eventBus !== undefined && typeof eventBus?.publish !== 'function') faults.push('eventBus has no method publish; give an EventBus.');
  for (const [name, handler] of Object.entries({ ...commandHandlers, ...queryHandlers })) {
    if (typeof handler !== 'function') faults.push(`the handler of ${name} is ${String(handler)}; it must be a function.`);
  }
  if (faults.length === 0)
    faults.push(...followerFaults(projections, eventStore), ...eventNameFaults(parts), ...baseEventFaults(eventPlaces(parts)));
  if (faults.length > 0) throw new InvalidConfigurationError('The flow', faults);
}

/** Finds event classes of one name: events are found by their names, and become instances of one of them only. */
function eventNameFaults(parts: FlowParts): string[] {
  const byName = new Map<string, number>();
  for (const type of classesOf(parts).events) byName.set(messageName(type), (byName.get(messageName(type)) ?? 0) + 1);
  return [...byName].flatMap(([name, count]) =>
    count < 2 ? [] : [`two event classes have the name '${name}'. Give one of them another: @Event('another name').`],
  );
}

import { shownText, shownValue } from '../messages';
import { followerFaults } from '../processing';
import { InvalidConfigurationError } from './errors';
import type { FlowParts } from './flow-parts';

/** @throws InvalidConfigurationError with everything that is wrong with the parts of a Flow */
export function refuseFaults({
  eventStore,
  commandHandlers = {},
  queryHandlers = {},
  eventBus,
  snapshotStore,
  projections = [],
  onError,
  closeTimeout = 0,
}: FlowParts): void {
  const faults: string[] = [];
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
    if (typeof handler !== 'function') faults.push(`the handler of ${shownText(name)} is ${shownValue(handler)}; it must be a function.`);
  }
  if (onError !== undefined && typeof onError !== 'function') faults.push(`onError is ${shownValue(onError)}; it must be a function.`);
  if (!(closeTimeout >= 0)) faults.push(`closeTimeout is ${shownValue(closeTimeout)}; it must be milliseconds from 0, or Infinity.`);
  if (faults.length === 0) faults.push(...followerFaults(projections, eventStore));
  if (faults.length > 0) throw new InvalidConfigurationError('The flow', faults);
}

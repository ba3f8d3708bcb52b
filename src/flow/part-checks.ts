import {
  aBoolean,
  aClock,
  aFunction,
  aLogger,
  type Check,
  isFunction,
  isPlainObject,
  listOf,
  mapOf,
  must,
  needed,
  type OptionChecks,
  optionFaults,
  withMethods,
} from '../messages';
import { definitionFaults } from '../model';
import { followerFaults } from '../processing';
import { aCache, snapshotKeeping } from '../repository';
import { anEventStore } from '../store';
import { InvalidConfigurationError } from './errors';
import type { FlowParts } from './flow-parts';
import { listenersByName } from './listener-checks';

/** What is wrong with a class is found when it is used: see `definitionOf`. */
const anAggregate: Check = (value, path, faults) => {
  if (!isFunction(value)) faults.push(...definitionFaults(value).map(fault => `${path}: ${fault}`));
};

const aFollower = must('what defineProjection or defineListener returns', isPlainObject);
const handlers = mapOf('functions', aFunction, (_, name) => `the handler of ${name}`);
const middleware = listOf('functions', aFunction);

/** Checks of the parts of a Flow. */
export const FLOW_PARTS: OptionChecks<FlowParts> = {
  eventStore: needed(anEventStore),
  eventBus: withMethods(['publish', 'subscribe', 'subscribeAll', 'use', 'drain'], 'give an EventBus'),
  aggregates: listOf('classes and aggregate definitions', anAggregate),
  commandHandlers: handlers,
  queryHandlers: handlers,
  listeners: listenersByName,
  projections: listOf('projections and durable listeners', aFollower),
  follow: aBoolean,
  middleware,
  queryMiddleware: middleware,
  cache: aCache,
  snapshotStore: snapshotKeeping,
  clock: aClock,
  logger: aLogger,
  ambientCausation: aBoolean,
};

/** @throws InvalidConfigurationError with everything that is wrong with the parts of a Flow */
export function refuseFaults(parts: FlowParts): void {
  const faults = optionFaults(parts, FLOW_PARTS);
  if (faults.length === 0) faults.push(...followerFaults(parts.projections ?? [], parts.eventStore));
  if (faults.length > 0) throw new InvalidConfigurationError('The flow', faults);
}

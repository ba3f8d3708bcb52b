import {
  aBoolean,
  aClock,
  aFunction,
  aLogger,
  anUpcaster,
  aRetry,
  aSchema,
  aTimeout,
  aValidation,
  type Check,
  type EventReader,
  either,
  eventReferences,
  inheritedNames,
  integer,
  isFunction,
  isPlainObject,
  listOf,
  mapOf,
  messageName,
  must,
  needed,
  type OptionChecks,
  optionFaults,
  options,
  shownText,
  withMethods,
} from '../messages';
import { definitionFaults, definitionOf } from '../model';
import { eventProcessorFaults, unhandledCommandFaults } from '../processing';
import { aCache, snapshotKeeping } from '../repository';
import { anEventStore, MAX_KEEP_MS } from '../store';
import { InvalidConfigurationError } from './errors';
import { listenersByName } from './events/listener-checks';
import type { FlowParts, GivenCommandHandler, GivenQueryHandler, MessageClasses } from './flow-parts';
import { baseEventFaults, classesOf, eventPlaces } from './known-classes';
import { eventReaderFor } from './known-events';

/** Faults of a class are found when it is used: see `definitionOf`. */
const anAggregate: Check = (value, path, faults) => {
  if (!isFunction(value)) faults.push(...definitionFaults(value).map(fault => `${path}: ${fault}`));
};

const anEventProcessor = must('what defineProjection or defineReactor returns', isPlainObject);
const HANDLER: OptionChecks<Exclude<GivenCommandHandler, (...args: any[]) => unknown>> = {
  handle: needed(aFunction),
  retry: aRetry,
  schema: aSchema,
};
const aCommandHandler = either(isFunction, options(HANDLER, 'a function, or { handle, retry, schema }'));
const QUERY_HANDLER: OptionChecks<Exclude<GivenQueryHandler, (...args: any[]) => unknown>> = {
  handle: needed(aFunction),
  schema: aSchema,
};
const aQueryHandler = either(isFunction, options(QUERY_HANDLER, 'a function, or { handle, schema }'));
const handlersOf = (handler: Check): Check => mapOf('functions', handler, (_, name) => `the handler of ${name}`);
const classes = listOf('classes', aFunction);
const MESSAGE_CLASSES: OptionChecks<MessageClasses> = { commands: classes, queries: classes, events: classes };
const middleware = listOf('functions', aFunction);

/** Checks of the parts of a Flow. */
export const FLOW_PARTS: OptionChecks<FlowParts> = {
  eventStore: needed(anEventStore),
  eventBus: withMethods(['publish', 'subscribe', 'subscribeAll', 'use', 'drain'], 'give an EventBus'),
  aggregates: listOf('classes and aggregate definitions', anAggregate),
  commandHandlers: handlersOf(aCommandHandler),
  retry: aRetry,
  commandRetention: integer(1, MAX_KEEP_MS),
  queryHandlers: handlersOf(aQueryHandler),
  listeners: listenersByName,
  processors: listOf('projections and reactors', anEventProcessor),
  follow: must("true, false or 'later'", value => typeof value === 'boolean' || value === 'later'),
  scheduling: aBoolean,
  events: eventReferences,
  upcasters: listOf('upcasters', anUpcaster),
  messageClasses: options(MESSAGE_CLASSES),
  validate: aValidation,
  middleware,
  queryMiddleware: middleware,
  inheritMetadata: inheritedNames,
  metadata: aFunction,
  cache: aCache,
  snapshotStore: snapshotKeeping,
  clock: aClock,
  newId: aFunction,
  logger: aLogger,
  onError: aFunction,
  closeTimeout: aTimeout,
  ambientCausation: aBoolean,
};

/**
 * Returns the reader of a Flow's stored events.
 * @throws InvalidConfigurationError with all faults of the parts of the Flow
 */
export function checkedReader(parts: FlowParts): EventReader {
  const faults = optionFaults(parts, FLOW_PARTS);
  if (faults.length === 0) faults.push(...eventProcessorFaults(parts.processors ?? [], parts.eventStore));
  if (faults.length === 0 && parts.scheduling && !parts.eventStore.projections?.processes)
    faults.push('scheduling needs an event store whose `projections` have `processes`; this one has none.');
  let reader: EventReader | undefined;
  if (faults.length === 0) {
    faults.push(...eventNameFaults(parts), ...baseEventFaults(eventPlaces(parts)), ...unhandledFaults(parts));
    reader = eventReaderFor(parts, faults);
  }
  if (faults.length > 0) throw new InvalidConfigurationError('The flow', faults);
  return reader!;
}

/** A flow that does not follow sends nothing: it needs no handlers of what its processes send. */
function unhandledFaults({
  processors = [],
  aggregates = [],
  commandHandlers = {},
  follow = true,
}: FlowParts): string[] {
  if (!follow) return [];
  const own = aggregates.flatMap(aggregate => [...definitionOf(aggregate).commands.keys()]);
  return unhandledCommandFaults(processors, new Set([...own, ...Object.keys(commandHandlers)]));
}

/** Finds two event classes with the same name: events are found by name, and become instances of only one of them. */
function eventNameFaults(parts: FlowParts): string[] {
  const byName = new Map<string, number>();
  for (const type of classesOf(parts).events) byName.set(messageName(type), (byName.get(messageName(type)) ?? 0) + 1);
  return [...byName].flatMap(([name, count]) =>
    count < 2
      ? []
      : [`two event classes have the name '${shownText(name)}'. Give one of them another: @Event('another name').`],
  );
}

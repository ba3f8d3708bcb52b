import { eventProcessorRole } from '../../decorators';
import { isEventDefinition, isUpcaster, isUpcasterClass, metadataLists } from '../../messages';
import {
  COMMAND_HANDLERS,
  EVENT_HANDLERS,
  INSTANCE,
  isAggregateClass,
  QUERY_HANDLERS,
  REPLAY_HANDLERS,
} from '../../model';
import { isProcessClass } from './process-classes';

/**
 * What a component is for an application. Those with the roles `handlers`, `projection` and `reactor` have instances,
 * which a container creates.
 */
export type ComponentRole = 'aggregate' | 'handlers' | 'process' | 'projection' | 'reactor' | 'event' | 'upcaster';

const HANDLERS = [COMMAND_HANDLERS, EVENT_HANDLERS, QUERY_HANDLERS, REPLAY_HANDLERS];

/**
 * Returns the role of a class or definition by its decorators; undefined for what is no component. For integrations
 * that find components elsewhere than in modules.
 */
export function componentRole(value: unknown): ComponentRole | undefined {
  if (isEventDefinition(value)) return 'event';
  if (isUpcaster(value)) return 'upcaster';
  if (typeof value !== 'function') return isDefinition(value) ? 'aggregate' : undefined;
  if (isAggregateClass(value) || INSTANCE in (value.prototype ?? {})) return 'aggregate';
  if (isUpcasterClass(value)) return 'upcaster';
  if (isProcessClass(value)) return 'process';
  return eventProcessorRole(value)?.kind ?? (hasHandlers(value) ? 'handlers' : undefined);
}

/** Tells whether a value is what `defineAggregate` returns. */
const isDefinition = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { evolve?: unknown }).evolve === 'function' &&
  (value as { commands?: unknown }).commands instanceof Map;

const hasHandlers = (type: Function): boolean =>
  HANDLERS.some(key => metadataLists(type, key).some(level => level.length > 0));

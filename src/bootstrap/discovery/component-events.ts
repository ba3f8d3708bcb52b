import type { ClassReference } from '../../messages';
import {
  type AggregateDefinition,
  END_HANDLERS,
  EVENT_HANDLERS,
  handlersOf,
  inspectAggregate,
  START_HANDLERS,
} from '../../model';
import { componentRole } from './component-role';

type Class = new (...args: any[]) => any;

/**
 * Returns the classes of the events that a class or definition handles or declares, also where something is wrong with
 * it. For integrations that find components elsewhere than in modules.
 */
export function componentEvents(component: object): readonly ClassReference[] {
  const role = componentRole(component);
  if (role === 'event' || role === 'upcaster' || role === undefined) return [];
  if (role === 'aggregate') return eventsOf(component as Class | AggregateDefinition);
  const kinds = [EVENT_HANDLERS, START_HANDLERS, END_HANDLERS];
  return [...new Set(kinds.flatMap(kind => [...handlersOf(component as Class, kind, []).keys()]))];
}

function eventsOf(aggregate: Class | AggregateDefinition): ClassReference[] {
  const { events = [], declared = [] } =
    typeof aggregate === 'function' ? inspectAggregate(aggregate).definition : aggregate;
  const classes = [...events, ...declared].filter((each): each is ClassReference => typeof each === 'function');
  return [...new Set(classes)];
}

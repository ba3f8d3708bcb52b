import { EventReader, InvalidEventsError, messageName } from '../messages';
import { definitionOf } from '../model';
import type { FlowParts } from './flow-parts';
import { classesOf } from './known-classes';

/** Returns the reader of a Flow's stored events; undefined, with `faults` as sentences, if they cannot be read. */
export function eventReaderFor(parts: FlowParts, faults: string[]): EventReader | undefined {
  const { events = [], upcasters = [], aggregates = [] } = parts;
  const declared = aggregates.flatMap(aggregate => definitionOf(aggregate).declared ?? []);
  // Two handled classes of one name are reported with what handles them, by other checks.
  const handled = new Map(classesOf(parts).events.map(type => [messageName(type), type]));
  try {
    return new EventReader({ events: [...handled.values(), ...declared, ...events], upcasters });
  } catch (error) {
    if (!(error instanceof InvalidEventsError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

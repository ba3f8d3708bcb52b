import { EventReader, type EventReaderParts, InvalidEventsError } from '../messages';
import { definitionOf } from '../model';
import type { FlowParts } from './flow-parts';
import { classesOf } from './known-classes';

/** Returns what the reader of a Flow's stored events knows. */
export function readerPartsOf(parts: FlowParts): EventReaderParts {
  const { events = [], upcasters = [], aggregates = [] } = parts;
  const declared = aggregates.flatMap(aggregate => definitionOf(aggregate).declared ?? []);
  return { events: [...classesOf(parts).events, ...declared, ...events], upcasters };
}

/** Finds events whose stored versions cannot be read. */
export function readingFaults(parts: FlowParts): readonly string[] {
  try {
    new EventReader(readerPartsOf(parts));
  } catch (error) {
    if (error instanceof InvalidEventsError) return error.faults;
    throw error;
  }
  return [];
}

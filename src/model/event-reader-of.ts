import { EventReader } from '../messages';
import type { AggregateDefinition } from './aggregate-definition';

const readers = new WeakMap<AggregateDefinition, EventReader>();

/**
 * Returns the reader of an aggregate's own events, without upcasters: for a repository that is used alone.
 * @throws InvalidEventsError
 */
export function eventReaderOf(definition: AggregateDefinition): EventReader {
  let reader = readers.get(definition);
  if (!reader) {
    reader = new EventReader({ events: [...(definition.events ?? []), ...(definition.declared ?? [])] });
    readers.set(definition, reader);
  }
  return reader;
}

import type { RecordedEvent } from '../../../messages';
import type { EventFilter } from './event-pages';

/** Returns what tells whether an event passes a filter; undefined for a filter that all events pass. */
export function matcherOf({ names, aggregates }: EventFilter): ((event: RecordedEvent) => boolean) | undefined {
  if (!names && !aggregates) return undefined;
  const [ofNames, ofAggregates] = [names && new Set(names), aggregates && new Set(aggregates)];
  return ({ name, aggregateName }) => (ofNames?.has(name) ?? true) && (ofAggregates?.has(aggregateName) ?? true);
}

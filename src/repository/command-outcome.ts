import type { CommandOutcome, RecordedEvent } from '../messages';

/** The outcome of a command that led to events. */
export function succeeded(events: readonly RecordedEvent[]): CommandOutcome {
  const { aggregateName, aggregateId } = events[0]!;
  let version = 0;
  for (const event of events) {
    if (event.aggregateId === aggregateId && event.aggregateName === aggregateName) version = event.version;
  }
  return { events, succeeded: true, aggregateId, version, position: events.at(-1)!.position };
}

const NO_EVENTS: readonly RecordedEvent[] = Object.freeze([]);

/** The outcome of a command that led to none. */
export const failed = (aggregateId: string, version: number): CommandOutcome => ({
  events: NO_EVENTS,
  succeeded: false,
  aggregateId,
  version,
  position: undefined,
});

import type { CommandOutcome, RecordedEvent } from '../messages';

/** The outcome of a command that led to events. */
export function succeeded(events: readonly RecordedEvent[]): CommandOutcome {
  const { aggregateName, aggregateId } = events[0]!;
  let { version, position } = events[0]!;
  for (let index = 1; index < events.length; index++) {
    const event = events[index]!;
    if (event.aggregateId === aggregateId && event.aggregateName === aggregateName) version = event.version;
    position = event.position;
  }
  return { events, succeeded: true, aggregateId, version, position };
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
